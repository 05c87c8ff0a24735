import type { Check } from '../check.ts';
import { stateCheck } from '../state-check.ts';

export const schemaWedge: Check = stateCheck({
  code: 'schema-wedge',
  severity: 'error',
  looksFor: 'An upgrade to 0.13.0 failed after it had committed a part: at c6c43222e2de, with archives.embedding_config already there.',
  effect: 'Every later start fails with “column already exists” (letta-server.md §1.4, §11 row 10).',
  states: ['wedge'],
  why: 'A server migrates before it starts, and fails here every time.',
});
