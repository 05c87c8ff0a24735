import { kindColumns } from '../../letta/refused/text-columns.ts';
import { textCheck } from '../text-check.ts';

export const kindUnknown = textCheck({
  code: 'kind-unknown',
  group: 'shapes',
  severity: 'error',
  looksFor: 'A sort of group, identity, job, MCP server, OAuth session, batch provider or feedback that the release does not know.',
  effect: 'The row cannot be loaded, nor any list that it is in (letta/schemas/enums.py).',
  columns: kindColumns,
  why: (release, { table }) =>
    `Letta ${release} fails when it loads one of these rows of ${table}, and with it every list that the row is in.`,
  repair: 'Write the nearest value that the release knows, or upgrade to a release that knows this one.',
});
