import { notOfExtension } from './introspect-sql.ts';
import type { OtherObjectQuery } from './other-objects.ts';

/** PostgreSQL's own objects have lower OIDs, in every version and after pg_upgrade. */
const firstUserOid = 16384;

/** Rare things that PostgreSQL keeps in catalogues of their own and gives no definition for: named, so that they are not forgotten. */
const rare: readonly { kind: string; catalogue: string; namespace?: string }[] = [
  { kind: 'collation', catalogue: 'pg_collation', namespace: 'collnamespace' },
  { kind: 'conversion', catalogue: 'pg_conversion', namespace: 'connamespace' },
  { kind: 'operator', catalogue: 'pg_operator', namespace: 'oprnamespace' },
  { kind: 'operator class', catalogue: 'pg_opclass', namespace: 'opcnamespace' },
  { kind: 'operator family', catalogue: 'pg_opfamily', namespace: 'opfnamespace' },
  { kind: 'text search configuration', catalogue: 'pg_ts_config', namespace: 'cfgnamespace' },
  { kind: 'text search dictionary', catalogue: 'pg_ts_dict', namespace: 'dictnamespace' },
  { kind: 'text search parser', catalogue: 'pg_ts_parser', namespace: 'prsnamespace' },
  { kind: 'text search template', catalogue: 'pg_ts_template', namespace: 'tmplnamespace' },
  { kind: 'cast', catalogue: 'pg_cast' },
  { kind: 'language', catalogue: 'pg_language' },
  { kind: 'transform', catalogue: 'pg_transform' },
  { kind: 'access method', catalogue: 'pg_am' },
  { kind: 'foreign-data wrapper', catalogue: 'pg_foreign_data_wrapper' },
  { kind: 'foreign server', catalogue: 'pg_foreign_server' },
  { kind: 'publication', catalogue: 'pg_publication' },
  { kind: 'default privileges', catalogue: 'pg_default_acl' },
];

/** Dependencies that make an object a part of another one. Default privileges depend on their schema, and are the user's all the same. */
const ownedBy = (catalogue: string): string => (catalogue === 'pg_default_acl' ? "'{i}'" : "'{i,a}'");

const listRare = ({ kind, catalogue, namespace }: (typeof rare)[number]): OtherObjectQuery => ({
  kind,
  phase: 'pre',
  sql: `
    SELECT ${namespace === undefined ? 'NULL::text' : 'n.nspname'} AS schema, NULL::text AS definition,
           pg_catalog.pg_describe_object('pg_catalog.${catalogue}'::pg_catalog.regclass, o.oid, 0) AS name
      FROM pg_catalog.${catalogue} o ${namespace === undefined ? '' : `JOIN pg_catalog.pg_namespace n ON n.oid = o.${namespace}`}
     WHERE o.oid >= ${firstUserOid} AND ${notOfExtension(catalogue, 'o.oid')}
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.${catalogue}'::pg_catalog.regclass AND i.objid = o.oid AND i.deptype = ANY (${ownedBy(catalogue)}))`,
});

const commentTarget = `
  CASE d.classoid
    WHEN 'pg_catalog.pg_class'::pg_catalog.regclass THEN (
      SELECT CASE WHEN d.objsubid > 0
                  THEN 'COLUMN ' || c.oid::pg_catalog.regclass || '.' || (SELECT pg_catalog.quote_ident(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = d.objsubid)
                  ELSE CASE c.relkind WHEN 'i' THEN 'INDEX ' WHEN 'S' THEN 'SEQUENCE ' WHEN 'v' THEN 'VIEW ' WHEN 'm' THEN 'MATERIALIZED VIEW '
                                      WHEN 'f' THEN 'FOREIGN TABLE ' WHEN 'c' THEN 'TYPE ' ELSE 'TABLE ' END || c.oid::pg_catalog.regclass END
        FROM pg_catalog.pg_class c WHERE c.oid = d.objoid)
    WHEN 'pg_catalog.pg_proc'::pg_catalog.regclass THEN 'ROUTINE ' || d.objoid::pg_catalog.regprocedure
    WHEN 'pg_catalog.pg_type'::pg_catalog.regclass THEN (SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || pg_catalog.format_type(t.oid, NULL) FROM pg_catalog.pg_type t WHERE t.oid = d.objoid)
    WHEN 'pg_catalog.pg_constraint'::pg_catalog.regclass THEN (SELECT pg_catalog.format('CONSTRAINT %I ON %s', k.conname, k.conrelid::pg_catalog.regclass) FROM pg_catalog.pg_constraint k WHERE k.oid = d.objoid AND k.conrelid <> 0)
    WHEN 'pg_catalog.pg_trigger'::pg_catalog.regclass THEN (SELECT pg_catalog.format('TRIGGER %I ON %s', g.tgname, g.tgrelid::pg_catalog.regclass) FROM pg_catalog.pg_trigger g WHERE g.oid = d.objoid)
  END`;

/** What lives outside schemas, or is rare. Options that may hold passwords (servers, user mappings, subscriptions) are not read. */
export const otherCatalogueObjects: readonly OtherObjectQuery[] = [
  ...rare.map(listRare),
  {
    kind: 'user mapping',
    phase: 'pre',
    sql: `SELECT NULL::text AS schema, coalesce(u.usename, 'PUBLIC') || ' on ' || u.srvname AS name, NULL::text AS definition FROM pg_catalog.pg_user_mappings u`,
  },
  {
    kind: 'subscription',
    phase: 'post',
    sql: `SELECT NULL::text AS schema, s.subname AS name, NULL::text AS definition FROM pg_catalog.pg_subscription s
           WHERE s.subdbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())`,
  },
  {
    kind: 'event trigger',
    phase: 'post',
    sql: `
      SELECT NULL::text AS schema, v.evtname AS name,
             pg_catalog.format('CREATE EVENT TRIGGER %I ON %s', v.evtname, v.evtevent)
             || coalesce(' WHEN TAG IN (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(x), ', ') FROM pg_catalog.unnest(v.evttags) AS x) || ')', '')
             || ' EXECUTE FUNCTION ' || v.evtfoid::pg_catalog.regproc || '()' AS definition
        FROM pg_catalog.pg_event_trigger v WHERE ${notOfExtension('pg_event_trigger', 'v.oid')}`,
  },
  {
    kind: 'event trigger state',
    phase: 'post',
    sql: `
      SELECT NULL::text AS schema, v.evtname AS name,
             pg_catalog.format('ALTER EVENT TRIGGER %I %s', v.evtname, CASE v.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END) AS definition
        FROM pg_catalog.pg_event_trigger v WHERE v.evtenabled <> 'O' AND ${notOfExtension('pg_event_trigger', 'v.oid')}`,
  },
  {
    kind: 'large objects',
    phase: 'post',
    sql: `SELECT NULL::text AS schema, pg_catalog.count(*) || ' in all' AS name, NULL::text AS definition FROM pg_catalog.pg_largeobject_metadata HAVING pg_catalog.count(*) > 0`,
  },
  {
    kind: 'comment',
    phase: 'post',
    sql: `
      SELECT NULL::text AS schema, pg_catalog.pg_describe_object(d.classoid, d.objoid, d.objsubid) AS name,
             'COMMENT ON ' || ${commentTarget} || ' IS ' || pg_catalog.quote_literal(d.description) AS definition
        FROM pg_catalog.pg_description d
       WHERE d.classoid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
         AND (d.objoid >= ${firstUserOid} OR (d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objoid = pg_catalog.to_regnamespace('public') AND d.description <> 'standard public schema'))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')`,
  },
  {
    kind: 'security label',
    phase: 'post',
    sql: `SELECT NULL::text AS schema, pg_catalog.pg_describe_object(l.classoid, l.objoid, l.objsubid) AS name, NULL::text AS definition FROM pg_catalog.pg_seclabel l`,
  },
  {
    kind: 'setting of a role in this database',
    phase: 'post',
    sql: `
      SELECT NULL::text AS schema, NULL::text AS definition, pg_catalog.quote_ident(r.rolname) || ': ' || split_part(setting, '=', 1) AS name
        FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase AND d.datname = pg_catalog.current_database()
        JOIN pg_catalog.pg_roles r ON r.oid = s.setrole CROSS JOIN LATERAL unnest(s.setconfig) AS setting`,
  },
  {
    // A database that Lifeboat built has its mark there.
    kind: 'comment of the database',
    phase: 'post',
    sql: `
      SELECT NULL::text AS schema, NULL::text AS definition, 'COMMENT ON DATABASE' AS name
        FROM pg_catalog.pg_database d
       WHERE d.datname = pg_catalog.current_database() AND pg_catalog.shobj_description(d.oid, 'pg_database') NOT LIKE '{"lifeboat":%'
         AND pg_catalog.shobj_description(d.oid, 'pg_database') <> 'default administrative connection database'`,
  },
  {
    // What the extension itself puts into them comes back with it; what the user added does not.
    kind: 'rows in a table of an extension',
    phase: 'post',
    sql: `
      SELECT n.nspname AS schema, c.relname AS name, NULL::text AS definition
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_depend e ON e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
       WHERE c.relkind = 'r'`,
  },
];
