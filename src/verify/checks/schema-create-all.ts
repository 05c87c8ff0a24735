import type { Check } from '../check.ts';
import { stateCheck } from '../state-check.ts';

export const schemaCreateAll: Check = stateCheck({
  code: 'schema-create-all',
  severity: 'warning',
  looksFor: 'Constraints have the names that metadata.create_all gives, not those of Letta’s migrations.',
  effect:
    'It works until a migration drops a constraint by its name: 0.12.0’s does, and the upgrade aborts (letta-server.md §3, §11 row 9).',
  states: ['create_all'],
  why: 'A server runs on it, and its next upgrade may abort: migrations that drop a constraint by its name do (0.12.0’s).',
});
