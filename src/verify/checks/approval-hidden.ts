import { hiddenApprovals } from '../../letta/refused/approvals.ts';
import { shapeCheck } from '../shape-check.ts';

export const approvalHidden = shapeCheck({
  code: 'approval-hidden',
  severity: 'warning',
  looksFor: 'A message with an answer to a request for approval that the server cannot read: neither of type approval nor with a status.',
  effect: 'The item is skipped with a line in the log (deserialize_approvals in letta/helpers/converters.py).',
  places: (release) => [{ table: 'messages', column: 'approvals', problems: hiddenApprovals(release) }],
  why: (release) => `Letta ${release} goes on as if these answers had not been given.`,
  repair: 'Put type, tool_call_id and approve, or status and func_response, right in messages.approvals.',
});
