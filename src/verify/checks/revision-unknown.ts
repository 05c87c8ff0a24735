import type { Check } from '../check.ts';
import { stateCheck } from '../state-check.ts';

export const revisionUnknown: Check = stateCheck({
  code: 'revision-unknown',
  severity: 'error',
  looksFor: 'The revision in alembic_version is none of the catalogue’s.',
  effect: 'A server of a release that does not know it refuses to start: “Can’t locate revision” (letta-server.md §0.18).',
  states: ['unknown revision'],
  why: 'A server that does not know the revision refuses to start.',
});
