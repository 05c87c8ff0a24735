import { LifeboatError } from '../report/errors.ts';
import { quoteIdent } from '../schema/model.ts';
import type { ColumnValues } from '../verify/change.ts';
import type { StoredColumn, StoredTable } from './stored-table.ts';

/** A part of a statement; its values are the parameters from `first` on. */
export interface Clause {
  sql: string;
  values: (string | null)[];
}

/** @throws LifeboatError change-refused when the table has no such column */
export function columnOf(table: StoredTable, name: string): StoredColumn {
  const column = table.columns.get(name);
  if (column === undefined) throw new LifeboatError('change-refused', { row: table.name, reason: `it has no column ${name}` });
  return column;
}

/**
 * Whether columns have exactly these values: as PostgreSQL's text, because json has no equality and equal numbers may
 * be written differently. A column of the primary key is compared by its own equality too, which finds the index.
 */
export function matches(table: StoredTable, wanted: ColumnValues, first = 1): Clause {
  const values: (string | null)[] = [];
  const parts = Object.entries(wanted).map(([name, value]) => {
    const { type, key } = columnOf(table, name);
    values.push(value);
    const given = `$${first + values.length - 1}::text::${type}`;
    const same = `${quoteIdent(name)}::text is not distinct from (${given})::text`;
    return key && value !== null ? `(${quoteIdent(name)} = ${given} and ${same})` : same;
  });
  return { sql: parts.join(' and '), values };
}

/** `"a" = $1::text::"pg_catalog"."json", …` */
export function assignments(table: StoredTable, wanted: ColumnValues, first = 1): Clause {
  const entries = Object.entries(wanted);
  const sql = entries.map(([name], index) => `${quoteIdent(name)} = $${first + index}::text::${columnOf(table, name).type}`).join(', ');
  return { sql, values: entries.map(([, value]) => value) };
}

/** All columns as text under names that no column can have in its place: `c0`, `c1` … */
export function allColumns(table: StoredTable): string {
  return [...table.columns.keys()].map((name, index) => `${quoteIdent(name)}::text as c${index}`).join(', ');
}

/** What `allColumns` selected, by column. */
export function rowValues(table: StoredTable, row: Readonly<Record<string, string | null>>): ColumnValues {
  return Object.fromEntries([...table.columns.keys()].map((name, index) => [name, row[`c${index}`] ?? null]));
}

/** Some columns of a row. */
export function pick(values: ColumnValues, columns: readonly string[]): ColumnValues {
  return Object.fromEntries(columns.map((column) => [column, values[column] ?? null]));
}
