import { recogniseSchema, type SchemaStateCode } from '../letta/recognise-schema.ts';
import type { Check, CheckContext } from './check.ts';

/** A check for known states of a schema (`recogniseSchema`): what it is and what to do about it are known there. SQL goes before advice. */
export function stateCheck(
  check: Omit<Check, 'run' | 'group'> & {
    states: readonly SchemaStateCode[];
    why: string;
    /** SQL that mends it, where there is some. */
    repair?: (context: CheckContext) => string | null;
  },
): Check {
  const { states, why, repair = () => null, ...described } = check;
  return {
    ...described,
    group: 'schema',
    run: async (context) =>
      recogniseSchema(context.revisions, context.model)
        .filter(({ state }) => states.includes(state))
        .map(({ what, advice }) => ({
          code: check.code,
          severity: check.severity,
          where: 'schema',
          message: what,
          ids: [],
          count: 0,
          why,
          repair: repair(context) ?? advice,
          changes: [],
        })),
  };
}
