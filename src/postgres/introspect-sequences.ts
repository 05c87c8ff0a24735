import type { SequenceModel } from '../schema/model.ts';
import type { Session } from './database.ts';
import { userRelation } from './introspect-sql.ts';

/** Sequences that stand for themselves; those behind identity columns belong to their column. */
export async function readSequenceModels(
  session: Session,
  relative: (schema: string | null | undefined) => string | null,
): Promise<SequenceModel[]> {
  const rows = await session.query(`
    SELECT n.nspname AS schema, c.relname AS name, pg_catalog.format_type(s.seqtypid, NULL) AS type,
           s.seqstart::text AS start, s.seqincrement::text AS increment, s.seqmin::text AS min, s.seqmax::text AS max,
           s.seqcache::text AS cache, s.seqcycle AS cycle,
           tn.nspname AS owner_schema, t.relname AS owner_table, a.attname AS owner_column
      FROM pg_catalog.pg_sequence s
      JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'a'
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
      LEFT JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
      LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
      LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
     WHERE ${userRelation}
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND i.objid = c.oid AND i.deptype = 'i')`);
  return rows.map((row) => ({
    schema: relative(row.schema),
    name: row.name ?? '',
    type: row.type ?? '',
    start: row.start ?? '',
    increment: row.increment ?? '',
    min: row.min ?? '',
    max: row.max ?? '',
    cache: row.cache ?? '',
    cycle: row.cycle === 't',
    ownedBy:
      row.owner_table == null || row.owner_column == null
        ? null
        : { schema: relative(row.owner_schema), table: row.owner_table, column: row.owner_column },
  }));
}
