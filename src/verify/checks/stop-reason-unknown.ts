import { stopReasonColumns } from '../../letta/refused/text-columns.ts';
import { textCheck } from '../text-check.ts';

export const stopReasonUnknown = textCheck({
  code: 'stop-reason-unknown',
  group: 'in-flight',
  severity: 'error',
  looksFor: 'A reason for which a run, step, job or agent stopped that the release does not know.',
  effect: 'The row cannot be read, nor any list that it is in: for an agent that is GET /v1/agents/ (letta-server.md §7.1).',
  columns: stopReasonColumns,
  why: (release, { table }) =>
    `Letta ${release} fails when it reads one of these rows of ${table}, and with it every list that the row is in.`,
  repair: "Write 'error' or 'end_turn', which every release knows, or NULL.",
});
