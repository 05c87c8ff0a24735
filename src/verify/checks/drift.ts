import { driftFromCatalogue } from '../../letta/drift.ts';
import type { DriftFinding } from '../../schema/drift.ts';
import { type DatabaseModel, objectKey, type TableModel } from '../../schema/model.ts';
import { setAsideSchema } from '../../schema/own-schemas.ts';
import type { Check } from '../check.ts';
import { lettaSchemas } from '../letta-schemas.ts';
import { isMessageSequence } from '../message-sequence-repair.ts';

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
      .filter((found) => !isSaidElsewhere(found, model))
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

/** What other checks look for, and can say more about. */
function isSaidElsewhere(found: DriftFinding, model: DatabaseModel): boolean {
  const { kind, table, name } = found;
  if (kind.startsWith('extra ')) {
    const elsewhere = [setAsideSchema, ...lettaSchemas(model)];
    if (elsewhere.some((schema) => (table ?? name).startsWith(`${schema}.`))) return true;
    if (kind === 'extra sequence') return defaultOf(model, 'messages', 'sequence_id')?.includes(`'${name}'`) === true;
    return kind === 'extra index' && model.tables.some((each) => objectKey(each) === table && isInvalid(each, name));
  }
  return kind === 'invalid index' || isMessageSequence(found) || (kind === 'missing constraint' && name === 'uq_messages_sequence_id');
}

const isInvalid = ({ indexes }: TableModel, name: string): boolean => indexes.some((index) => index.name === name && !index.valid);

const defaultOf = ({ tables }: DatabaseModel, table: string, column: string): string | null | undefined =>
  tables.find(({ schema, name }) => schema === null && name === table)?.columns.find(({ name }) => name === column)?.default;
