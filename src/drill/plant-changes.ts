import type { Session } from '../postgres/database.ts';
import type { ProvenDatabase } from '../restore/restore.ts';
import { type ColumnModel, type DatabaseModel, objectKey, qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import type { TellingTable } from '../upgrade/telling-tables.ts';
import type { ColumnValues } from '../verify/change.ts';
import { canChange, changedValue, longestChanged } from './changed-value.ts';
import type { SeededRandom } from './seeded-random.ts';

/** One value that was changed on purpose, and all that it takes to put it back. */
export interface Planted {
  /** objectKey in the database, and what the comparison calls table and column. */
  table: string;
  called: string;
  column: string;
  columnCalled: string;
  /** The row's primary key. */
  key: ColumnValues;
  was: string | null;
  statement: { sql: string; key: (string | null)[] };
}

/**
 * Changes one value, chosen at random, in each of `count` tables chosen at random; in fewer where fewer have rows with a
 * value that can be changed without touching a key, a reference or a constraint.
 */
export async function plantChanges(
  { session, home, model, telling }: Pick<ProvenDatabase, 'session' | 'home' | 'model' | 'telling'>,
  count: number,
  random: SeededRandom,
): Promise<Planted[]> {
  const planted: Planted[] = [];
  for (const candidate of random.shuffled(telling)) {
    if (planted.length === count) break;
    const table = model.tables.find((each) => objectKey(each) === candidate.table);
    const change = table && (await plantIn(session, home, model, table, candidate, random));
    if (change) planted.push(change);
  }
  return planted;
}

/** Puts the old values back. */
export async function takeBack(session: Session, planted: readonly Planted[]): Promise<void> {
  for (const { statement, was } of planted) await session.query(statement.sql, [was, ...statement.key]);
}

async function plantIn(
  session: Session,
  home: string,
  model: DatabaseModel,
  table: TableModel,
  { table: name, called, columns: compared }: TellingTable,
  random: SeededRandom,
): Promise<Planted | null> {
  const primary = table.primaryKey?.columns ?? [];
  const columns = changeableColumns(model, table).filter((column) => compared.has(column.name));
  if (primary.length === 0 || columns.length === 0) return null;
  const from = `only ${qualified(home, table.schema, table.name)}`;
  const [counted] = await session.query(`select count(*)::text as rows from ${from}`);
  const rows = Number(counted?.rows ?? 0);
  if (rows === 0) return null;
  const keys = primary.map(quoteIdent);
  const [row] = await session.query(
    `select ${keys.map((key, index) => `${key}::text as k${index}`).join(', ')} from ${from} order by ${keys.join(', ')} offset ${random.below(rows)} limit 1`,
  );
  if (!row) return null;
  const keyValues = primary.map((_, index) => row[`k${index}`] ?? null);
  const typeOf = (column: string) => table.columns.find((each) => each.name === column)?.type ?? 'text';
  const where = primary.map((column, index) => `${quoteIdent(column)} = $${index + 2}::${typeOf(column)}`).join(' and ');
  const find = primary.map((column, index) => `${quoteIdent(column)} = $${index + 1}::${typeOf(column)}`).join(' and ');
  for (const column of random.shuffled(columns)) {
    const value = quoteIdent(column.name);
    const [found] = await session.query(
      `select pg_column_size(${value}) > ${longestChanged} as long, case when pg_column_size(${value}) <= ${longestChanged} then ${value}::text end as was
         from ${from} where ${find}`,
      keyValues,
    );
    if (!found || found.long === 't') continue;
    const was = found.was ?? null;
    const next = changedValue(column.type, was, labelsOf(model, column.type));
    if (next === null) continue;
    const sql = `update ${from} set ${value} = $1::${column.type} where ${where}`;
    const [changed] = await session.query(`${sql} returning ${value}::text as now`, [next, ...keyValues]);
    // Two texts can be one value, and one row was meant.
    if (!changed || changed.now === was) continue;
    const key = Object.fromEntries(primary.map((each, index) => [each, keyValues[index] ?? null]));
    return {
      table: name,
      called,
      column: column.name,
      columnCalled: compared.get(column.name) ?? column.name,
      key,
      was,
      statement: { sql, key: keyValues },
    };
  }
  return null;
}

/** Columns that stand in no key, no reference, no unique index, no check and are not generated. */
function changeableColumns(model: DatabaseModel, table: TableModel): ColumnModel[] {
  const bound = new Set([
    ...(table.primaryKey?.columns ?? []),
    ...table.uniques.flatMap(({ columns }) => columns),
    ...table.foreignKeys.flatMap(({ columns }) => columns),
    ...model.tables.flatMap(({ foreignKeys }) =>
      foreignKeys.flatMap((key) => (key.refSchema === table.schema && key.refTable === table.name ? key.refColumns : [])),
    ),
  ]);
  const conditions = [
    ...table.checks.map(({ definition }) => definition),
    ...table.indexes.filter(({ unique }) => unique).map(({ definition }) => definition),
  ].join(' ');
  return table.columns.filter(
    ({ name, type, generated, identity }) =>
      !bound.has(name) && !conditions.includes(name) && generated === null && identity === null && canChange(type, labelsOf(model, type)),
  );
}

/** The labels of an enum; types of other schemas have their schema in the name. */
function labelsOf(model: DatabaseModel, type: string): readonly string[] | undefined {
  return model.enums.find((each) => [objectKey(each), quoteIdent(each.name)].includes(type))?.labels;
}
