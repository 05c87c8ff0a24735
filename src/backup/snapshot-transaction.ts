import type { Database, Session } from '../postgres/database.ts';
import { sqlState } from '../postgres/sql-state.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import { quoteIdent } from '../schema/model.ts';
import { type ListedTable, listTables, refuseUnreadable, refuseUnreadableSequences, sameTables } from './table-list.ts';

/** A consistent view of a database: one transaction whose snapshot others can import, every table locked against DDL. */
export interface SnapshotTransaction {
  coordinator: Session;
  tables: ListedTable[];
  /** pg_export_snapshot(), or null where one session does all the work (embedded). */
  exported: string | null;
}

const attempts = 5;

/**
 * Opens the transaction. The order matters: list, lock every table ACCESS SHARE *before* the first statement that
 * takes a snapshot (a TRUNCATE between snapshot and lock would read as an empty table), take the snapshot, list again
 * and compare; a table that came or went meanwhile means another try.
 * @throws LifeboatError tables-unreadable | row-security | lock-timeout | schema-moving
 */
export async function openSnapshotTransaction(
  database: Database,
  observer: Session,
  options: { lockTimeoutMs: number; reporter: Reporter; onSession?: (session: Session) => void },
): Promise<SnapshotTransaction> {
  for (let attempt = 1; ; attempt++) {
    const before = await listTables(observer);
    refuseUnreadable(before);
    await refuseUnreadableSequences(observer);
    const coordinator = database.capabilities.sessions > 1 ? await database.connect() : observer;
    // Whoever interrupts the backup has to reach it while it waits for a lock.
    options.onSession?.(coordinator);
    try {
      await coordinator.query('begin isolation level repeatable read read only');
      await coordinator.query('set local row_security = off');
      await coordinator.query(`set local lock_timeout = ${Math.trunc(options.lockTimeoutMs)}`);
      const locked = await lockTables(coordinator, observer, before);
      if (locked) {
        const exported = database.capabilities.sharedSnapshots
          ? ((await coordinator.query('select pg_export_snapshot() as id'))[0]?.id ?? null)
          : null;
        const tables = await listTables(coordinator);
        if (sameTables(before, tables)) return { coordinator, tables, exported };
      }
      await coordinator.query('rollback');
    } catch (error) {
      coordinator.abort();
      throw error;
    }
    if (coordinator !== observer) await coordinator.close();
    if (attempt === attempts) throw new LifeboatError('schema-moving', { attempts });
    options.reporter.detail(`Tables were created or dropped while they were being locked; trying again (${attempt} of ${attempts}).`);
  }
}

/** @returns false when a listed table was gone by the time it was locked. */
async function lockTables(coordinator: Session, observer: Session, tables: readonly ListedTable[]): Promise<boolean> {
  for (const table of tables) {
    const name = `${quoteIdent(table.schema)}.${quoteIdent(table.name)}`;
    try {
      await coordinator.query(`lock table only ${name} in access share mode`);
    } catch (error) {
      const state = sqlState(error);
      if (state === '42P01' || state === '3F000') return false;
      if (state === '55P03')
        throw new LifeboatError(
          'lock-timeout',
          { table: `${table.schema}.${table.name}`, blocker: await describeBlocker(observer, coordinator, table) },
          { cause: error },
        );
      throw error;
    }
  }
  return true;
}

/** Who holds the lock that we could not get: asked right after the timeout, so it may have gone. */
async function describeBlocker(observer: Session, coordinator: Session, table: ListedTable): Promise<string> {
  if (observer === coordinator) return 'another session';
  const rows = await observer.query(
    `select a.pid, a.usename, a.application_name as app, a.state, left(a.query, 120) as query, a.xact_start
       from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'relation' and l.relation = $1::oid and l.mode = 'AccessExclusiveLock' order by l.granted desc limit 1`,
    [table.oid],
  );
  const row = rows[0];
  if (!row) return 'a session that has gone since';
  return `process ${row.pid} (user ${row.usename ?? '?'}, ${row.app || 'no application name'}, ${row.state ?? '?'} since ${row.xact_start ?? '?'}): ${row.query ?? '(its statement is hidden from this user)'}`;
}

/** A session that reads with the coordinator's snapshot. The tables are locked already: NOWAIT can only fail when they are not. */
export async function joinSnapshot(database: Database, exported: string): Promise<Session> {
  const session = await database.connect();
  try {
    await session.query('begin isolation level repeatable read read only');
    await session.query(`set transaction snapshot '${exported.replaceAll("'", "''")}'`);
    await session.query('set local row_security = off');
    return session;
  } catch (error) {
    session.abort();
    throw error;
  }
}
