import { markSql, type RestoreMark } from '../postgres/build-mark.ts';
import type { Database, Session } from '../postgres/database.ts';
import { sqlState } from '../postgres/sql-state.ts';
import type { Warning } from '../report/progress.ts';
import { quoteIdent } from '../schema/model.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { RestorePlan } from './plan.ts';
import { createDatabaseSql } from './target.ts';

/**
 * Makes the empty database that the plan names and marks it incomplete before anything is put into it. What an
 * interrupted restore left is removed first: its mark says that it is disposable.
 * @returns a warning when the source's locale does not exist on this server.
 */
export async function createTarget(
  database: Database,
  maintenance: Session | null,
  plan: RestorePlan,
  source: Manifest['source'],
  mark: RestoreMark,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  if (plan.target.create && maintenance) {
    if (plan.target.replacesIncomplete) await maintenance.query(`drop database if exists ${quoteIdent(database.name)}`);
    try {
      await maintenance.query(createDatabaseSql(database.name, source, 'source'));
    } catch (error) {
      if (!localeIsMissing(error)) throw error;
      await maintenance.query(createDatabaseSql(database.name, source, 'default'));
      warnings.push({
        code: 'locale-missing',
        message: `locale ${source.collate} does not exist on this server: the new database sorts by the server's default locale`,
        partial: true,
      });
    }
    await maintenance.query(markSql(database.name, mark));
    return warnings;
  }
  const session = await database.connect();
  try {
    const [current] = await session.query('select current_database() as name');
    if (plan.target.replacesIncomplete) await emptyDatabase(session);
    await session.query(markSql(current?.name ?? database.name, mark));
  } finally {
    await session.close();
  }
  return warnings;
}

/** 22023 or 42704: PostgreSQL's answers to a locale name that its host does not have. */
function localeIsMissing(error: unknown): boolean {
  const state = sqlState(error);
  return (
    (state === '22023' || state === '42704' || state === '42809') &&
    error instanceof Error &&
    /locale|collation/i.test(error.message + String((error.cause as Error | undefined)?.message ?? ''))
  );
}

/** Empties a database that an interrupted restore was given empty: all that is in it is ours. */
async function emptyDatabase(session: Session): Promise<void> {
  const schemas = await session.query(`select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`);
  for (const { nspname } of schemas) await session.query(`drop schema ${quoteIdent(nspname ?? '')} cascade`);
  await session.query('create schema public');
}
