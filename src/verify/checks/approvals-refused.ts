import { approvalsProblems } from '../../letta/refused/approvals.ts';
import { shapeCheck } from '../shape-check.ts';

export const approvalsRefused = shapeCheck({
  code: 'approvals-refused',
  severity: 'error',
  looksFor: 'A message whose approvals is no list, or holds something that is no object.',
  effect: 'No page of messages that it is in can be listed (deserialize_approvals in letta/helpers/converters.py).',
  places: () => [{ table: 'messages', column: 'approvals', problems: approvalsProblems }],
  why: (release) =>
    `Letta ${release} fails when it reads one of them: the list of the agent's messages, and the agent itself where it is in its context.`,
  repair: 'Write a list into messages.approvals, or NULL.',
});
