import { driftFromCatalogue } from '../../letta/drift.ts';
import type { DriftFinding } from '../../schema/drift.ts';
import { setAsideSchema } from '../../schema/own-schemas.ts';
import type { Check } from '../check.ts';

export const drift: Check = {
  code: 'drift',
  group: 'schema',
  severity: 'error',
  looksFor:
    'The schema differs from the catalogue’s at its revision: tables, columns, types, defaults, constraints, indexes, enums, sequences.',
  effect:
    'A statement of the server or of its next migration fails, or a rule that it relies on is not kept; what the user added (tables, indexes) is a note and harms nothing.',
  run: async ({ model, revisions }) =>
    driftFromCatalogue(model, revisions)
      .filter(({ kind, name }) => !(kind === 'extra table' && name.startsWith(`${setAsideSchema}.`)))
      .map((found) => {
        const harmful = found.severity === 'drift';
        return {
          code: 'drift',
          severity: harmful ? 'error' : 'note',
          where: found.table === null ? found.name : `${found.table}: ${found.name}`,
          message: describe(found),
          ids: [],
          count: 0,
          why: harmful
            ? 'A server of this revision, or its next migration, expects it as the catalogue has it.'
            : 'A server does not look at it.',
          repair: found.repair ?? null,
          changes: [],
        };
      }),
};

function describe({ kind, expected, actual }: DriftFinding): string {
  if (expected && actual) return `${kind}: expected ${expected}, found ${actual}`;
  if (expected) return `${kind}: expected ${expected}`;
  return actual ? `${kind}: found ${actual}` : kind;
}
