import { LifeboatError } from '../report/errors.ts';
import type { Session } from './database.ts';
import { databaseSearchPath } from './search-path.ts';

/**
 * The schema that holds Letta's tables: `alembic_version` beside `organizations` or `agents` (Docker installs have it in a
 * schema named like the database, others in `public`: letta-server.md §10).
 * @throws LifeboatError no-letta | several-lettas
 */
export async function findHome(session: Session): Promise<string> {
  const home = await lookForHome(session);
  if (home === null) throw new LifeboatError('no-letta', { database: await databaseName(session) });
  return home;
}

/**
 * Like `findHome`, but null where no schema holds Letta's tables. Of several, the first that the database's own
 * search_path names is the one that a server uses.
 * @throws LifeboatError several-lettas when that path names none of them
 */
export async function lookForHome(session: Session): Promise<string | null> {
  const rows = await session.query(`
    SELECT n.nspname AS schema
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relname IN ('alembic_version', 'agents', 'organizations')
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     GROUP BY n.nspname
    HAVING bool_or(c.relname = 'alembic_version') AND bool_or(c.relname <> 'alembic_version')
     ORDER BY n.nspname COLLATE "C"`);
  const schemas = rows.flatMap((row) => row.schema ?? []);
  if (schemas.length <= 1) return schemas[0] ?? null;
  const home = (await databaseSearchPath(session)).find((name) => schemas.includes(name));
  if (home === undefined) throw new LifeboatError('several-lettas', { database: await databaseName(session), schemas });
  return home;
}

async function databaseName(session: Session): Promise<string> {
  return (await session.query('SELECT pg_catalog.current_database() AS name'))[0]?.name ?? '';
}
