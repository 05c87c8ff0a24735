import { isIdentifier } from '../schema/safe-type.ts';
import { sqlTokens } from '../schema/sql-tokens.ts';
import type { Session } from './database.ts';

/** What PostgreSQL takes when nothing is set. */
const usual = '"$user", public';

/** The search_path that new sessions of this database get by its own setting, else PostgreSQL's default without `$user`. */
export async function databaseSearchPath(session: Session): Promise<string[]> {
  const [row] = await session.query(`${settings} AND s.setrole = 0 AND s.setdatabase <> 0`);
  return row?.path == null ? ['public'] : parse(row.path);
}

/**
 * The schema in which a session of this role begins: the first of its search_path that exists. Settings of the role in the
 * database win over those of the role, these over those of the database (ALTER ROLE in PostgreSQL's documentation).
 */
export async function firstSchemaOf(session: Session, role: string): Promise<{ schema: string | null; path: string }> {
  const [row] = await session.query(
    `${settings} AND (s.setrole = 0 OR s.setrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1))
      ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC LIMIT 1`,
    [role],
  );
  const path = row?.path ?? usual;
  const names = parse(path).map((name) => (name === '$user' ? role : name));
  const existing = await session.query(
    `SELECT nspname AS name FROM pg_catalog.pg_namespace WHERE nspname IN (SELECT pg_catalog.json_array_elements_text($1::json))`,
    [JSON.stringify(names)],
  );
  return { schema: names.find((name) => existing.some((each) => each.name === name)) ?? null, path };
}

/** Settings of search_path that concern this database: `path`. */
const settings = `
  SELECT substr(setting.text, length('search_path=') + 1) AS path
    FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS setting(text)
   WHERE setting.text LIKE 'search\\_path=%'
     AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))`;

const parse = (path: string): string[] => (sqlTokens(path) ?? []).filter(isIdentifier).map(({ text }) => text);
