import type { Check } from '../check.ts';
import { stateCheck } from '../state-check.ts';

export const schemaBetweenReleases: Check = stateCheck({
  code: 'schema-between-releases',
  severity: 'warning',
  looksFor: 'The revision is one that no release ends at: an upgrade stopped on its way.',
  effect: 'The next server that starts goes on with the migrations from here (letta-server.md §1.4).',
  states: ['between releases'],
  why: 'No release’s server fits this schema; the next one that starts migrates it on.',
});
