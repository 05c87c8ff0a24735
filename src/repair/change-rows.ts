import type { Session } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { quoteIdent } from '../schema/model.ts';
import type { Change, ColumnValues } from '../verify/change.ts';
import { describeChange } from './applied-change.ts';
import { type FoundRow, findRows } from './find-row.ts';
import { allColumns, assignments, columnOf, pick, rowValues } from './row-sql.ts';
import type { StoredTable } from './stored-table.ts';

type RowChange = Exclude<Change, { kind: 'set sequence' }>;

/**
 * Changes one row, if it is exactly as the change says that it is. @returns the change with all values that were
 * replaced and that stand there now, as PostgreSQL writes them; @throws LifeboatError row-changed
 */
export async function changeRow(session: Session, table: StoredTable, change: RowChange): Promise<RowChange> {
  switch (change.kind) {
    case 'update':
      return await updateRow(session, table, change);
    case 'insert':
      return await insertRow(session, table, change);
    case 'delete':
      return await deleteRow(session, table, change);
  }
}

async function updateRow(session: Session, table: StoredTable, change: Extract<RowChange, { kind: 'update' }>): Promise<RowChange> {
  const found = await onlyRow(session, table, change, { ...change.was, ...change.key }, change.key);
  const { sql, values } = assignments(table, change.set);
  const [row] = await session.query(
    `update only ${table.qualified} set ${sql} where ctid = $${values.length + 1}::text::tid returning ${allColumns(table)}`,
    [...values, found.place],
  );
  if (row === undefined) throw changed(change, 'somebody else is changing it right now');
  const columns = Object.keys(change.set);
  return { ...change, was: pick(found.values, columns), set: pick(rowValues(table, row), columns) };
}

async function insertRow(session: Session, table: StoredTable, change: Extract<RowChange, { kind: 'insert' }>): Promise<RowChange> {
  const columns = Object.keys(change.row).filter((name) => !columnOf(table, name).generated);
  const given = columns.map((name, index) => `$${index + 1}::text::${columnOf(table, name).type}`);
  const [row] = await session.query(
    `insert into ${table.qualified} (${columns.map(quoteIdent).join(', ')}) overriding system value values (${given.join(', ')}) returning ${allColumns(table)}`,
    columns.map((name) => change.row[name] ?? null),
  );
  if (row === undefined) throw new LifeboatError('change-refused', { row: describeChange(change), reason: 'it was not inserted' });
  return { ...change, row: rowValues(table, row) };
}

async function deleteRow(session: Session, table: StoredTable, change: Extract<RowChange, { kind: 'delete' }>): Promise<RowChange> {
  const key = pick(
    change.row,
    Object.keys(change.row).filter((name) => columnOf(table, name).key),
  );
  const found = await onlyRow(session, table, change, change.row, key);
  const gone = await session.query(`delete from only ${table.qualified} where ctid = $1::text::tid returning 1 as gone`, [found.place]);
  if (gone.length !== 1) throw changed(change, 'somebody else is changing it right now');
  return { ...change, row: found.values };
}

/** The one row that is exactly so, locked. `key` tells a row that changed from one that is gone. */
async function onlyRow(
  session: Session,
  table: StoredTable,
  change: RowChange,
  wanted: ColumnValues,
  key: ColumnValues,
): Promise<FoundRow> {
  const [found, second] = await findRows(session, table, wanted, true);
  if (second !== undefined) throw changed(change, 'there are several of it');
  if (found !== undefined) return found;
  const there = Object.keys(key).length > 0 && (await findRows(session, table, key, false)).length > 0;
  throw changed(change, there ? 'somebody has written to it' : 'it is not there');
}

function changed(change: RowChange, reason: string): LifeboatError {
  return new LifeboatError('row-changed', { row: describeChange(change), reason });
}
