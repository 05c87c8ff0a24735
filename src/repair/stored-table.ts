import type { Session } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { qualified } from '../schema/model.ts';

export interface StoredColumn {
  name: string;
  /** Quoted, with its schema and without a length: a cast to it cuts nothing off. */
  type: string;
  /** Computed by PostgreSQL: nobody can write it. */
  generated: boolean;
  /** Part of the primary key, so that looking for it finds an index. */
  key: boolean;
}

/** A table of Letta's as the database has it. */
export interface StoredTable {
  /** For messages. */
  name: string;
  /** For SQL. */
  qualified: string;
  columns: ReadonlyMap<string, StoredColumn>;
}

/**
 * Refuses a table with triggers or rules of somebody's own: what they would change besides no undo record would know. Letta's
 * tables have none. @throws LifeboatError change-refused
 */
export async function refuseTriggers(session: Session, { name, qualified: table }: StoredTable): Promise<void> {
  const [found] = await session.query(
    `select 'trigger ' || tgname as what from pg_trigger where tgrelid = $1::text::regclass and not tgisinternal and tgenabled <> 'D'
      union all select 'rule ' || rulename from pg_rewrite where ev_class = $1::text::regclass and ev_enabled <> 'D' order by 1 limit 1`,
    [table],
  );
  if (found) throw new LifeboatError('change-refused', { row: name, reason: `its ${found.what} may change other values, too` });
}

/** @throws LifeboatError change-refused when Letta's schema has no such table */
export async function readStoredTable(session: Session, home: string, name: string): Promise<StoredTable> {
  const rows = await session.query(
    `select a.attname as name, quote_ident(n.nspname) || '.' || quote_ident(t.typname) as type, a.attgenerated <> '' as generated,
            coalesce(a.attnum = any (i.indkey), false) as key
       from pg_class c
       join pg_namespace h on h.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       join pg_type t on t.oid = a.atttypid
       join pg_namespace n on n.oid = t.typnamespace
       left join pg_index i on i.indrelid = c.oid and i.indisprimary
      where h.nspname = $1::text and c.relname = $2::text and c.relkind = 'r'
      order by a.attnum`,
    [home, name],
  );
  if (rows.length === 0) throw new LifeboatError('change-refused', { row: name, reason: 'there is no such table' });
  const columns = rows.map((row) => ({
    name: row.name ?? '',
    type: row.type ?? '',
    generated: row.generated === 't',
    key: row.key === 't',
  }));
  return { name, qualified: qualified(home, null, name), columns: new Map(columns.map((column) => [column.name, column])) };
}
