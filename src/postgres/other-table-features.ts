import { notCloned, unmodelledConstraint, userRelation } from './introspect-sql.ts';
import type { OtherObjectQuery } from './other-objects.ts';

const self = 'c.oid::pg_catalog.regclass::text';

/** A query over ordinary tables; `name` is the table's unless said otherwise. */
const tables = (definition: string, condition: string, name = 'c.relname', joins = '', kinds = `'r'`): string => `
  SELECT n.nspname AS schema, ${name} AS name, ${definition} AS definition
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ${joins}
   WHERE c.relkind IN (${kinds}) AND ${userRelation} AND ${condition}`;

const column = `JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_catalog.pg_type t ON t.oid = a.atttypid`;
const columnName = `c.relname || '.' || a.attname`;

const alterColumn = `' ALTER COLUMN ' || pg_catalog.quote_ident(a.attname) || `;

const identityDefault = `(s.seqstart = 1 AND s.seqincrement = 1 AND s.seqmin = 1 AND s.seqcache = 1 AND NOT s.seqcycle
  AND s.seqmax = CASE s.seqtypid WHEN 'int2'::pg_catalog.regtype THEN 32767 WHEN 'int4'::pg_catalog.regtype THEN 2147483647 ELSE 9223372036854775807 END)`;

/** What tables may have beside columns, modelled constraints and indexes. */
export const otherTableFeatures: readonly OtherObjectQuery[] = [
  { kind: 'unlogged table', phase: 'post', sql: tables(`'ALTER TABLE ' || ${self} || ' SET UNLOGGED'`, `c.relpersistence = 'u'`) },
  {
    kind: 'row level security',
    phase: 'post',
    sql: tables(
      `'ALTER TABLE ' || ${self} || CASE WHEN c.relrowsecurity THEN ' ENABLE ROW LEVEL SECURITY' ELSE '' END
       || CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN ',' ELSE '' END || CASE WHEN c.relforcerowsecurity THEN ' FORCE ROW LEVEL SECURITY' ELSE '' END`,
      '(c.relrowsecurity OR c.relforcerowsecurity)',
    ),
  },
  {
    kind: 'constraint',
    phase: 'post',
    sql: tables(
      `'ALTER TABLE ' || ${self} || ' ADD CONSTRAINT ' || pg_catalog.quote_ident(con.conname) || ' ' || pg_catalog.pg_get_constraintdef(con.oid)`,
      `${unmodelledConstraint} AND ${notCloned}`,
      `con.conname || ' on ' || c.relname`,
      'JOIN pg_catalog.pg_constraint con ON con.conrelid = c.oid',
    ),
  },
  {
    kind: 'storage options',
    phase: 'post',
    sql: tables(
      `'ALTER TABLE ' || ${self} || ' SET (' || pg_catalog.array_to_string(o.options, ', ') || ')'`,
      'pg_catalog.cardinality(o.options) > 0',
      'c.relname',
      `LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
       CROSS JOIN LATERAL (SELECT coalesce(c.reloptions, '{}') || ARRAY(SELECT 'toast.' || x FROM pg_catalog.unnest(toast.reloptions) AS x) AS options) AS o`,
    ),
  },
  // Tablespaces and access methods belong to a cluster, not to a database: told, never re-created.
  { kind: 'tablespace', phase: 'post', sql: tables('NULL::text', 'c.reltablespace <> 0', 'c.relname', '', `'r', 'i', 'm'`) },
  {
    kind: 'table access method',
    phase: 'post',
    sql: tables('NULL::text', `am.amname <> 'heap'`, 'c.relname', 'JOIN pg_catalog.pg_am am ON am.oid = c.relam'),
  },
  {
    kind: 'replica identity',
    phase: 'post',
    sql: tables(
      `'ALTER TABLE ' || ${self} || ' REPLICA IDENTITY ' || CASE c.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL' ELSE 'USING INDEX ' || pg_catalog.quote_ident(
         (SELECT ic.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident)) END`,
      `c.relreplident <> 'd'`,
    ),
  },
  {
    kind: 'clustered index',
    phase: 'post',
    sql: tables(
      `'ALTER TABLE ' || ${self} || ' CLUSTER ON ' || pg_catalog.quote_ident(ic.relname)`,
      'i.indisclustered',
      'c.relname',
      'JOIN pg_catalog.pg_index i ON i.indrelid = c.oid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid',
    ),
  },
  {
    kind: 'column storage',
    phase: 'post',
    sql: tables(
      `'ALTER TABLE ' || ${self} || pg_catalog.concat_ws(',',
         CASE WHEN a.attstorage <> t.typstorage THEN ${alterColumn} ' SET STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
         CASE a.attcompression WHEN 'p' THEN ${alterColumn} ' SET COMPRESSION pglz' WHEN 'l' THEN ${alterColumn} ' SET COMPRESSION lz4' END,
         CASE WHEN a.attstattarget >= 0 THEN ${alterColumn} ' SET STATISTICS ' || a.attstattarget END,
         ${alterColumn} ' SET (' || pg_catalog.array_to_string(a.attoptions, ', ') || ')')`,
      `(a.attstorage <> t.typstorage OR a.attcompression <> '' OR a.attstattarget >= 0 OR a.attoptions IS NOT NULL)`,
      columnName,
      column,
    ),
  },
  // Modelled as a stored one: the values are the same, only where they are kept is not.
  { kind: 'virtual generated column', phase: 'post', sql: tables('NULL::text', `a.attgenerated = 'v'`, columnName, column) },
  {
    kind: 'identity options',
    phase: 'post',
    sql: tables(
      `'ALTER TABLE ' || ${self} || ${alterColumn} pg_catalog.format(' SET START WITH %s SET INCREMENT BY %s SET MINVALUE %s SET MAXVALUE %s SET CACHE %s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache)
       || CASE WHEN s.seqcycle THEN ' SET CYCLE' ELSE '' END`,
      `a.attidentity <> '' AND NOT ${identityDefault}`,
      columnName,
      `${column}
       JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.deptype = 'i' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid`,
    ),
  },
];
