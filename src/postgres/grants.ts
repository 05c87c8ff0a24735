import type { Warning } from '../report/progress.ts';
import type { GrantRecord } from '../schema/grant-record.ts';
import { qualified, quoteIdent } from '../schema/model.ts';
import { bySchemaAndName } from '../schema/order.ts';
import type { Session } from './database.ts';
import { grantStatements } from './grant-statements.ts';
import { notOfExtension, ofUser, userRelation } from './introspect-sql.ts';

const acl = (column: string): string => `(
  SELECT pg_catalog.json_agg(pg_catalog.json_build_object('grantee', e.grantee, 'privileges', e.privileges, 'grantable', e.grantable) ORDER BY e.grantee COLLATE "C")::text
    FROM (SELECT CASE x.grantee WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(x.grantee) END AS grantee,
                 pg_catalog.json_agg(x.privilege_type ORDER BY x.privilege_type COLLATE "C") AS privileges,
                 coalesce(pg_catalog.json_agg(x.privilege_type ORDER BY x.privilege_type COLLATE "C") FILTER (WHERE x.is_grantable), '[]') AS grantable
            FROM pg_catalog.aclexplode(${column}) AS x GROUP BY 1) AS e)`;

/** Columns kind, schema, name (a column's: table and column, quoted), owner and acl (JSON; null = PostgreSQL's defaults). */
const grantsQuery = `
  SELECT 'database' AS kind, NULL AS schema, '' AS name, pg_catalog.pg_get_userbyid(d.datdba) AS owner, ${acl('d.datacl')} AS acl
    FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
  UNION ALL
  SELECT 'schema', n.nspname, '', pg_catalog.pg_get_userbyid(n.nspowner), ${acl('n.nspacl')}
    FROM pg_catalog.pg_namespace n WHERE ${ofUser} AND ${notOfExtension('pg_namespace', 'n.oid')}
  UNION ALL
  SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END,
         n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), ${acl('c.relacl')}
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'S', 'v', 'm') AND ${userRelation}
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND i.objid = c.oid AND i.deptype = 'i' AND c.relkind = 'S')
  UNION ALL
  SELECT 'column', n.nspname, '"' || replace(c.relname, '"', '""') || '"."' || replace(a.attname, '"', '""') || '"', pg_catalog.pg_get_userbyid(c.relowner), ${acl('a.attacl')}
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm') AND ${userRelation}
  UNION ALL
  SELECT 'type', n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner), ${acl('t.typacl')}
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
   WHERE t.typtype = 'e' AND ${ofUser} AND ${notOfExtension('pg_type', 't.oid')}`;

/** Sequences that a column owns (serial, identity): they follow their table, and ALTER … OWNER TO is refused for them (0A000). */
const followingSequences = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
   WHERE c.relkind = 'S' AND d.deptype IN ('a', 'i')
     AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0`;

/**
 * Owners and grants of the database, its schemas, tables, columns, sequences, views and enums, by role names.
 * Home's schema is null and the database has no name, so that another layout or name can take them. Functions are not
 * among them: they exist in a restored database only when their definitions were run.
 */
export async function readGrants(session: Session, home: string): Promise<GrantRecord[]> {
  const rows = await session.query(grantsQuery);
  const records = rows.map(
    (row): GrantRecord => ({
      kind: row.kind ?? '',
      schema: row.schema == null || row.schema === home ? null : row.schema,
      name: row.name ?? '',
      owner: row.owner ?? '',
      acl: row.acl == null ? [] : (JSON.parse(row.acl) as GrantRecord['acl']),
    }),
  );
  return records.sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : bySchemaAndName(a, b)));
}

/**
 * Gives owners and grants back, as far as the roles exist here. With `owner` everything belongs to that role already,
 * so owners stay. Whatever cannot be given is named once a role; a server that refuses one grant gets the others.
 */
export async function applyGrants(
  session: Session,
  home: string,
  database: string,
  grants: readonly GrantRecord[],
  roles: ReadonlySet<string>,
  owner: string | null,
): Promise<Warning[]> {
  const following = new Set((await session.query(followingSequences)).map(({ schema, name }) => qualified(schema ?? '', null, name ?? '')));
  const { statements, missing } = grantStatements(grants, { home, database, roles, withOwners: owner === null, following });
  const warnings: Warning[] = missing.map(({ role, objects, asOwner }) => ({
    code: 'role-missing',
    message: `role ${quoteIdent(role)} does not exist here: ${asOwner ? 'it owned' : 'it had rights on'} ${objects} object(s)`,
    partial: !asOwner,
  }));
  const refused: string[] = [];
  for (const { relation, sql } of statements) {
    // Views exist only if their definitions were run.
    if (relation !== null && (await session.query('SELECT pg_catalog.to_regclass($1) IS NULL AS gone', [relation]))[0]?.gone === 't')
      continue;
    await session.query(sql).catch((error: unknown) => refused.push(`${sql} (${error instanceof Error ? error.message : String(error)})`));
  }
  if (refused.length > 0)
    warnings.push({
      code: 'grant-refused',
      message: `${refused.length} owner or grant statement(s) were refused; the first: ${refused[0]}`,
      partial: true,
    });
  return warnings;
}
