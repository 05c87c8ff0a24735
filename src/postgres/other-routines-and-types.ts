import { notOfExtension, ofUser } from './introspect-sql.ts';
import type { OtherObjectQuery } from './other-objects.ts';

/** Condition: not made by PostgreSQL along with something else (a range's constructors, a table's row type). */
const ownStanding = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.${catalogue}'::pg_catalog.regclass AND i.objid = ${oid} AND i.deptype IN ('e', 'i'))`;

/** The base query over user types of one typtype. */
const types = (condition: string, definition: string): string => `
  SELECT n.nspname AS schema, t.typname AS name, ${definition} AS definition
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
   WHERE ${condition} AND ${ofUser} AND ${notOfExtension('pg_type', 't.oid')}`;

const self = 'pg_catalog.format_type(t.oid, NULL)';

const domain = `
  'CREATE DOMAIN ' || ${self} || ' AS ' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
  || CASE WHEN t.typcollation <> (SELECT b.typcollation FROM pg_catalog.pg_type b WHERE b.oid = t.typbasetype)
          THEN ' COLLATE ' || t.typcollation::pg_catalog.regcollation::text ELSE '' END
  || coalesce(' DEFAULT ' || pg_catalog.pg_get_expr(t.typdefaultbin, 0), '')
  || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
  || coalesce((SELECT pg_catalog.string_agg(pg_catalog.format(' CONSTRAINT %I ', k.conname) || pg_catalog.pg_get_constraintdef(k.oid), '' ORDER BY k.conname COLLATE "C")
                 FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' AND k.convalidated), '')`;

const composite = `
  'CREATE TYPE ' || ${self} || ' AS (' || coalesce((
     SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
              || CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || a.attcollation::pg_catalog.regcollation::text ELSE '' END, ', ' ORDER BY a.attnum)
       FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
      WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'`;

const range = `(
  SELECT 'CREATE TYPE ' || ${self} || ' AS RANGE (subtype = ' || pg_catalog.format_type(r.rngsubtype, NULL)
         || CASE WHEN o.opcdefault THEN '' ELSE ', subtype_opclass = ' || pg_catalog.quote_ident(o.opcname) END
         || CASE WHEN r.rngsubdiff <> 0 THEN ', subtype_diff = ' || r.rngsubdiff::pg_catalog.regproc::text ELSE '' END
         || CASE WHEN r.rngcanonical <> 0 THEN ', canonical = ' || r.rngcanonical::pg_catalog.regproc::text ELSE '' END || ')'
    FROM pg_catalog.pg_range r JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc WHERE r.rngtypid = t.oid)`;

/**
 * pg_get_functiondef() always names the schema in its first line; in home that name is taken out, so that the
 * definition fits another home.
 */
const routine = `
  CASE WHEN p.prokind = 'a' THEN NULL
       WHEN n.nspname <> $1 THEN pg_catalog.pg_get_functiondef(p.oid)
       ELSE pg_catalog.overlay(pg_catalog.pg_get_functiondef(p.oid), '',
              pg_catalog.strpos(pg_catalog.pg_get_functiondef(p.oid), pg_catalog.format('%I.%I(', n.nspname, p.proname)),
              pg_catalog.length(pg_catalog.quote_ident(n.nspname)) + 1) END`;

/** Functions and types: needed before tables can be made. */
export const otherRoutinesAndTypes: readonly OtherObjectQuery[] = [
  { kind: 'domain', phase: 'pre', sql: types(`t.typtype = 'd'`, domain) },
  { kind: 'composite type', phase: 'pre', sql: types(`t.typtype = 'c' AND c.relkind = 'c'`, composite) },
  { kind: 'range type', phase: 'pre', sql: types(`t.typtype = 'r'`, range) },
  { kind: 'base type', phase: 'pre', sql: types(`t.typtype IN ('b', 'p') AND t.typcategory <> 'A'`, 'NULL::text') },
  {
    phase: 'pre',
    needsHome: true,
    sql: `
      SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
             n.nspname AS schema, p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' AS name,
             ${routine} AS definition
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
       WHERE ${ofUser} AND ${ownStanding('pg_proc', 'p.oid')}`,
  },
];
