import { indexTail } from './introspect-constraints.ts';
import { notOfExtension, ofUser, userRelation } from './introspect-sql.ts';
import type { OtherObjectQuery } from './other-objects.ts';

const options = `coalesce(' WITH (' || pg_catalog.array_to_string(c.reloptions, ', ') || ')', '')`;

const relations = (kinds: string, definition: string): string => `
  SELECT n.nspname AS schema, c.relname AS name, ${definition} AS definition
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN (${kinds}) AND ${userRelation}`;

const self = 'c.oid::pg_catalog.regclass::text';
const query = `pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';')`;

/** Relations that are not plain tables, and what hangs on relations: rules, triggers, policies, extended statistics. */
export const otherRelations: readonly OtherObjectQuery[] = [
  { kind: 'view', phase: 'post', sql: relations(`'v'`, `'CREATE VIEW ' || ${self} || ${options} || ' AS' || E'\\n' || ${query}`) },
  {
    kind: 'materialized view',
    phase: 'post',
    sql: relations(`'m'`, `'CREATE MATERIALIZED VIEW ' || ${self} || ${options} || ' AS' || E'\\n' || ${query}`),
  },
  { kind: 'foreign table', phase: 'post', sql: relations(`'f'`, 'NULL::text') },
  // Its partitions hold the rows and are modelled as tables; how they were parted is told by the partitions below.
  { kind: 'partitioned table', phase: 'post', sql: relations(`'p'`, 'NULL::text') },
  {
    phase: 'post',
    sql: `
      SELECT CASE WHEN c.relispartition THEN 'partition' ELSE 'inheritance' END AS kind, n.nspname AS schema, c.relname || ' of ' || up.relname AS name,
             CASE WHEN c.relispartition THEN 'ALTER TABLE ONLY ' || up.oid::pg_catalog.regclass || ' ATTACH PARTITION ' || ${self} || ' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid)
                  ELSE 'ALTER TABLE ' || ${self} || ' INHERIT ' || up.oid::pg_catalog.regclass END AS definition
        FROM pg_catalog.pg_inherits h
        JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_class up ON up.oid = h.inhparent
       WHERE c.relkind IN ('r', 'p', 'f') AND ${userRelation}`,
  },
  {
    kind: 'index of a materialized view',
    phase: 'post',
    sql: `
      SELECT n.nspname AS schema, ic.relname AS name,
             pg_catalog.format('CREATE %sINDEX %I ON %s ', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, ic.relname, ${self}) || ${indexTail('i', 'ic', 'n', 'c')} AS definition
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
       WHERE c.relkind = 'm' AND ${userRelation}`,
  },
  {
    kind: 'rule',
    phase: 'post',
    sql: `
      SELECT n.nspname AS schema, w.rulename || ' on ' || c.relname AS name, pg_catalog.pg_get_ruledef(w.oid, true) AS definition
        FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE w.rulename <> '_RETURN' AND ${userRelation}`,
  },
  {
    kind: 'trigger',
    phase: 'post',
    sql: `
      SELECT n.nspname AS schema, g.tgname || ' on ' || c.relname AS name,
             pg_catalog.pg_get_triggerdef(g.oid, true) AS definition
        FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND ${userRelation}`,
  },
  {
    kind: 'trigger state',
    phase: 'post',
    sql: `
      SELECT n.nspname AS schema, g.tgname || ' on ' || c.relname AS name,
             pg_catalog.format('ALTER TABLE %s %s TRIGGER %I', ${self}, CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, g.tgname) AS definition
        FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND g.tgenabled <> 'O' AND ${userRelation}`,
  },
  {
    kind: 'policy',
    phase: 'post',
    sql: `
      SELECT n.nspname AS schema, o.polname || ' on ' || c.relname AS name,
             pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', o.polname, ${self},
               CASE WHEN o.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
               CASE o.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
               (SELECT pg_catalog.string_agg(CASE WHEN r.oid = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r.oid)) END, ', ' ORDER BY r.at)
                  FROM pg_catalog.unnest(o.polroles) WITH ORDINALITY AS r(oid, at)))
             || coalesce(' USING (' || pg_catalog.pg_get_expr(o.polqual, o.polrelid) || ')', '')
             || coalesce(' WITH CHECK (' || pg_catalog.pg_get_expr(o.polwithcheck, o.polrelid) || ')', '') AS definition
        FROM pg_catalog.pg_policy o JOIN pg_catalog.pg_class c ON c.oid = o.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE ${userRelation}`,
  },
  {
    kind: 'extended statistics',
    phase: 'post',
    needsHome: true,
    sql: `
      SELECT n.nspname AS schema, x.stxname AS name,
             CASE WHEN n.nspname <> $1 THEN pg_catalog.pg_get_statisticsobjdef(x.oid)
                  ELSE pg_catalog.overlay(pg_catalog.pg_get_statisticsobjdef(x.oid), '', pg_catalog.length('CREATE STATISTICS ') + 1,
                         pg_catalog.length(pg_catalog.quote_ident(n.nspname)) + 1) END AS definition
        FROM pg_catalog.pg_statistic_ext x JOIN pg_catalog.pg_namespace n ON n.oid = x.stxnamespace
       WHERE ${ofUser} AND ${notOfExtension('pg_statistic_ext', 'x.oid')}`,
  },
];
