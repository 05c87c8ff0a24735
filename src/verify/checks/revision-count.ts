import type { Check } from '../check.ts';
import { stateCheck } from '../state-check.ts';

export const revisionCount: Check = stateCheck({
  code: 'revision-count',
  severity: 'error',
  looksFor: 'alembic_version holds no row, or more than one.',
  effect: 'The server’s migrations begin from the beginning or refuse to run, and it does not start (letta-server.md §1.4, §10).',
  states: ['no revision', 'several revisions'],
  why: 'A server migrates before it starts, and fails here.',
});
