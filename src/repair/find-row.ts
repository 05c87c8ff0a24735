import type { Session } from '../postgres/database.ts';
import type { ColumnValues } from '../verify/change.ts';
import { allColumns, matches, rowValues } from './row-sql.ts';
import type { StoredTable } from './stored-table.ts';

export interface FoundRow {
  /** Its ctid: it stays while the row is locked. */
  place: string;
  values: ColumnValues;
}

/** Rows with exactly these values, at most two (one is right, two are too many); `lock`: nobody else changes them until the end. */
export async function findRows(session: Session, table: StoredTable, wanted: ColumnValues, lock: boolean): Promise<FoundRow[]> {
  const { sql, values } = matches(table, wanted);
  const rows = await session.query(
    `select ctid::text as place, ${allColumns(table)} from only ${table.qualified} where ${sql || 'false'} limit 2${lock ? ' for update' : ''}`,
    values,
  );
  return rows.map((row) => ({ place: row.place ?? '', values: rowValues(table, row) }));
}
