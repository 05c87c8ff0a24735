import { recogniseSchema, type SchemaStateCode } from '../letta/recognise-schema.ts';
import type { Check } from './check.ts';

/** A check for known states of a schema (`recogniseSchema`): what it is and what to do about it are known there. */
export function stateCheck(check: Omit<Check, 'run' | 'group'> & { states: readonly SchemaStateCode[]; why: string }): Check {
  const { states, why, ...described } = check;
  return {
    ...described,
    group: 'schema',
    run: async ({ revisions, model }) =>
      recogniseSchema(revisions, model)
        .filter(({ state }) => states.includes(state))
        .map(({ what, advice }) => ({
          code: check.code,
          severity: check.severity,
          where: 'schema',
          message: `${what}. ${advice}`,
          ids: [],
          count: 0,
          why,
          repair: null,
          changes: [],
        })),
  };
}
