import { statusColumns } from '../../letta/refused/text-columns.ts';
import { textCheck } from '../text-check.ts';

export const statusUnknown = textCheck({
  code: 'status-unknown',
  group: 'in-flight',
  severity: 'error',
  looksFor: 'A status of a run, job or batch that the release does not know.',
  effect: 'The row cannot be read, nor any list that it is in (letta/schemas/enums.py; letta-server.md §7.1).',
  columns: statusColumns,
  why: (release, { table }) =>
    `Letta ${release} fails when it reads one of these rows of ${table}, and with it every list that the row is in.`,
  repair: 'Write the nearest that the release knows: created for not_started and pending, failed for expired.',
});
