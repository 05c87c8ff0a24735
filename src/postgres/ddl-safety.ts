import { LifeboatError } from '../report/errors.ts';
import { type ColumnModel, type DatabaseModel, objectKey, type SequenceModel, type TableModel } from '../schema/model.ts';
import { isSafeCheck, isSafeExpression, isSafeIndexDefinition } from '../schema/safe-expression.ts';
import { isSafeName } from '../schema/safe-name.ts';
import { isSafeType, typeName } from '../schema/safe-type.ts';

/** A part of a model that was not built. */
export interface LeftOut {
  /** Its table, or its own name. */
  object: string;
  /** `default of created_at`, `index ix_a`, … */
  what: string;
  text: string;
}

const foreignKeyActions = new Set(['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT']);

/**
 * Takes out of a model what would run code from a vault, and what cannot be built because of that. With `withObjects`
 * only what PostgreSQL could not build anyway goes.
 * @throws LifeboatError objects-needed
 */
export function withoutUnsafe(model: DatabaseModel, withObjects: boolean): { built: DatabaseModel; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const keep = (safe: boolean, object: { schema: string | null; name: string }, what: string, text: string): boolean => {
    if (!safe) leftOut.push({ object: objectKey(object), what, text });
    return safe;
  };
  refuseUnsafeTypes(model, withObjects);
  const known = new Set(model.tables.map(objectKey));

  const column = (table: TableModel, original: ColumnModel): ColumnModel => {
    const result = { ...original };
    const checked = (what: string, text: string | null, safe: (text: string) => boolean): string | null =>
      text === null || keep(withObjects || safe(text), table, `${what} of ${original.name}`, text) ? text : null;
    result.default = checked('default', original.default, isSafeExpression);
    result.collation = checked('collation', original.collation, isSafeName);
    result.generated = checked('generation', original.generated, isSafeExpression);
    // The values of a generated column are computed, not stored in a vault: without its expression there are none.
    if (result.generated === null && original.generated !== null) result.notNull = false;
    return result;
  };

  const table = (original: TableModel): TableModel => ({
    ...original,
    columns: original.columns.map((each) => column(original, each)),
    checks: original.checks.filter((check) =>
      keep(withObjects || isSafeCheck(check.definition), original, `check ${check.name}`, check.definition),
    ),
    indexes: original.indexes
      .filter((index) => keep(withObjects || isSafeIndexDefinition(index.definition), original, `index ${index.name}`, index.definition))
      // What an interrupted CONCURRENTLY left behind never held: a unique one may contradict the rows.
      .filter((index) => keep(index.valid || !index.unique, original, `invalid unique index ${index.name}`, index.definition))
      .map((index) => ({ ...index, valid: true })),
    foreignKeys: original.foreignKeys.filter(
      (key) =>
        keep(
          known.has(objectKey({ schema: key.refSchema, name: key.refTable })),
          original,
          `foreign key ${key.name}`,
          `to ${key.refTable}, which is not a plain table`,
        ) &&
        keep(
          foreignKeyActions.has(key.onDelete) && foreignKeyActions.has(key.onUpdate),
          original,
          `foreign key ${key.name}`,
          `${key.onDelete} ${key.onUpdate}`,
        ),
    ),
  });

  const built: DatabaseModel = {
    ...model,
    sequences: model.sequences.filter((sequence) => keep(isPlainSequence(sequence), sequence, 'sequence', JSON.stringify(sequence))),
    tables: model.tables.map(table),
    others: withObjects ? model.others : [],
  };
  return { built, leftOut };
}

function isPlainSequence({ type, start, increment, min, max, cache }: SequenceModel): boolean {
  return /^(?:smallint|integer|bigint)$/.test(type) && [start, increment, min, max, cache].every((value) => /^-?\d{1,19}$/.test(value));
}

/** A column cannot be left out, so neither can its type. */
function refuseUnsafeTypes(model: DatabaseModel, withObjects: boolean): void {
  const stored = new Set(model.others.filter(({ kind }) => / type$|^domain$/.test(kind)).map(objectKey));
  const inPath = new Set(model.extensions.map(({ schema }) => schema));
  const isStored = (type: string): boolean => {
    const parsed = typeName(type);
    if (parsed === null) return false;
    // Unqualified: a type of home, or of an extension's schema, which is in the search_path too.
    return parsed.schema !== null
      ? stored.has(objectKey(parsed))
      : [null, ...inPath].some((schema) => stored.has(objectKey({ schema, name: parsed.name })));
  };
  const needed = model.tables.flatMap((table) =>
    table.columns
      .filter(({ type }) => !isSafeType(type) || (!withObjects && isStored(type)))
      .map(({ name, type }) => `${objectKey(table)}.${name} (${type})`),
  );
  if (needed.length > 0) throw new LifeboatError('objects-needed', { columns: needed });
}
