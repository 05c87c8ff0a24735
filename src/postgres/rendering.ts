import { quoteIdent } from '../schema/model.ts';
import type { Session } from './database.ts';

/** Settings that change how PostgreSQL writes definitions and constants, pinned so that every server writes the same. */
const pinned: Readonly<Record<string, string>> = {
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
};

/**
 * Runs read-only work under a search_path and the settings in which DatabaseModel texts are rendered, and leaves the
 * session as it was: inside the caller's transaction by a savepoint that is rolled back, else in a transaction of
 * its own, so that the work sees one state either way.
 */
export async function withRendering<T>(session: Session, searchPath: readonly string[], work: () => Promise<T>): Promise<T> {
  const within = await inTransaction(session);
  await session.query(within ? 'SAVEPOINT lifeboat_rendering' : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  let result: T;
  try {
    const path = searchPath.map(quoteIdent).join(', ');
    for (const [name, value] of Object.entries({ ...pinned, search_path: path }))
      await session.query('SELECT pg_catalog.set_config($1, $2, true)', [name, value]);
    result = await work();
  } catch (error) {
    // The first error is the one that tells; after a lost connection the clean-up can only fail again.
    await leave(session, within).catch(() => {});
    throw error;
  }
  await leave(session, within);
  return result;
}

async function leave(session: Session, within: boolean): Promise<void> {
  if (!within) return void (await session.query('ROLLBACK'));
  await session.query('ROLLBACK TO SAVEPOINT lifeboat_rendering');
  await session.query('RELEASE SAVEPOINT lifeboat_rendering');
}

/** Asked by a local setting, which outlives its statement only in a transaction block: no error, nothing in the server's log. */
async function inTransaction(session: Session): Promise<boolean> {
  await session.query(`SELECT pg_catalog.set_config('lifeboat.in_transaction', 'yes', true)`);
  const [row] = await session.query(`SELECT pg_catalog.current_setting('lifeboat.in_transaction', true) = 'yes' AS yes`);
  return row?.yes === 't';
}
