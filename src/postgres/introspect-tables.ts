import type { ColumnModel } from '../schema/model.ts';
import type { Session, TextRow } from './database.ts';
import { userRelation } from './introspect-sql.ts';

/** Key of a table by its real names; NUL cannot be part of a name. */
export function tableKey(schema: string, name: string): string {
  return `${schema}\0${name}`;
}

/** Puts each row's value under its table (columns `schema` and `table`), in the order of the rows. */
export function byTable<T>(rows: readonly TextRow[], value: (row: TextRow) => T): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const row of rows) {
    const key = tableKey(row.schema ?? '', row.table ?? '');
    const group = grouped.get(key);
    if (group) group.push(value(row));
    else grouped.set(key, [value(row)]);
  }
  return grouped;
}

/** Everything that holds rows of its own: ordinary tables, partitions, inheritance children, unlogged tables. */
export async function readTables(session: Session): Promise<{ schema: string; name: string }[]> {
  const rows = await session.query(`
    SELECT n.nspname AS schema, c.relname AS name
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND ${userRelation}`);
  return rows.map((row) => ({ schema: row.schema ?? '', name: row.name ?? '' }));
}

/**
 * Columns in attnum order. PostgreSQL 18 says NOT NULL also where the constraint is NOT VALID: rows may break it, so
 * the column is taken as nullable (the constraint itself is among the other objects).
 */
export async function readColumns(session: Session): Promise<Map<string, ColumnModel[]>> {
  const rows = await session.query(`
    SELECT n.nspname AS schema, c.relname AS table, a.attname AS name,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
           (a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint nn WHERE nn.conrelid = c.oid AND nn.contype = 'n' AND NOT nn.convalidated AND nn.conkey = ARRAY[a.attnum])) AS not_null,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression,
           a.attidentity AS identity, a.attgenerated AS generated,
           CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::pg_catalog.regcollation::text END AS collation
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND ${userRelation}
     ORDER BY c.oid, a.attnum`);
  return byTable(rows, columnModel);
}

function columnModel(row: TextRow): ColumnModel {
  const isGenerated = row.generated === 's' || row.generated === 'v';
  const expression = row.expression ?? null;
  return {
    name: row.name ?? '',
    type: row.type ?? '',
    notNull: row.not_null === 't',
    default: isGenerated ? null : expression,
    identity: row.identity === 'a' ? 'always' : row.identity === 'd' ? 'by default' : null,
    generated: isGenerated ? expression : null,
    collation: row.collation ?? null,
  };
}
