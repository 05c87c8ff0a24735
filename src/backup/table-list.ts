import type { Session } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { objectKey } from '../schema/model.ts';

/** A table as the server lists it, by its real names. */
export interface ListedTable {
  oid: string;
  schema: string;
  name: string;
  readable: boolean;
  rowsHidden: boolean;
}

/** Every table that holds rows of the user's: all schemas, partitions and inheritance children as tables of their own. */
export async function listTables(session: Session): Promise<ListedTable[]> {
  const rows = await session.query(`
    select c.oid::text, n.nspname as schema, c.relname as name,
           (has_table_privilege(c.oid, 'select') and has_schema_privilege(n.oid, 'usage')) as readable,
           row_security_active(c.oid) as hidden
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't'
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by n.nspname collate "C", c.relname collate "C"`);
  return rows.map((row) => ({
    oid: row.oid ?? '',
    schema: row.schema ?? '',
    name: row.name ?? '',
    readable: row.readable === 't',
    rowsHidden: row.hidden === 't',
  }));
}

/** Names everything that cannot be read whole, before the first byte. @throws LifeboatError tables-unreadable | row-security */
export function refuseUnreadable(tables: readonly ListedTable[]): void {
  const unreadable = tables.filter((table) => !table.readable).map((table) => `${table.schema}.${table.name}`);
  if (unreadable.length > 0) throw new LifeboatError('tables-unreadable', { tables: unreadable, count: unreadable.length });
  const hidden = tables.filter((table) => table.rowsHidden).map((table) => `${table.schema}.${table.name}`);
  if (hidden.length > 0) throw new LifeboatError('row-security', { tables: hidden, count: hidden.length });
}

/** Sequences are read last: one that may not be read would end the backup after all the work. @throws LifeboatError tables-unreadable */
export async function refuseUnreadableSequences(session: Session): Promise<void> {
  const rows = await session.query(`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not (has_sequence_privilege(c.oid, 'select') and has_schema_privilege(n.oid, 'usage')) order by 1`);
  if (rows.length > 0) throw new LifeboatError('tables-unreadable', { tables: rows.map((row) => row.name ?? ''), count: rows.length });
}

/** Whether two listings are of the same tables (by identity, not only by name). */
export function sameTables(before: readonly ListedTable[], after: readonly ListedTable[]): boolean {
  const key = (table: ListedTable) => `${table.oid} ${table.schema} ${table.name}`;
  return before.length === after.length && before.every((table, index) => key(table) === key(after[index] as ListedTable));
}

/** Bytes on disk per table (objectKey → bytes, without indexes): an estimate for progress and for who goes first. */
export async function tableSizes(session: Session, home: string): Promise<Map<string, number>> {
  const rows = await session.query(`
    select n.nspname as schema, c.relname as name, pg_table_size(c.oid)::text as bytes
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`);
  return new Map(
    rows.map((row) => [
      objectKey({ schema: row.schema === home ? null : (row.schema ?? ''), name: row.name ?? '' }),
      Number(row.bytes ?? 0),
    ]),
  );
}
