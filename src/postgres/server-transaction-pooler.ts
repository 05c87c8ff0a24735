import { LifeboatError } from '../report/errors.ts';
import type { Session } from './database.ts';
import { ServerSession } from './server-session.ts';

const whoAmI = `SELECT pg_backend_pid() AS backend, current_setting('lifeboat.session', true) AS mark`;

/**
 * Throws `transaction-pooler` when each transaction may meet another backend. A session whose backend is the one that
 * the login named goes to the server itself. Else a pooler stands between (they make up that name), and its mode shows
 * when a second client opens a transaction: in transaction mode it is given the backend that the first one just used.
 */
export async function refuseTransactionPooler(session: Session): Promise<void> {
  if (!(session instanceof ServerSession)) return;
  const mark = `${process.pid}.${performance.now()}`;
  await session.query(`SELECT set_config('lifeboat.session', $1, false)`, [mark]);
  const [first] = await session.query(whoAmI);
  if (first?.mark === mark && first.backend === String(session.announcedBackend)) return;

  const other = await session.another();
  try {
    const reason =
      first?.mark === mark ? await sharing(session, other, first.backend ?? '', mark) : 'a setting was lost between two statements';
    if (reason === null) return;
    // Our settings must not stay in backends that others use next.
    await other.query('RESET ALL').catch(() => {});
    await session.query('RESET ALL').catch(() => {});
    throw new LifeboatError('transaction-pooler', { database: session.label, reason });
  } finally {
    await other.close();
  }
}

/** What betrays that two clients are served by the same backends; null: each has its own. */
async function sharing(session: Session, other: Session, backend: string, mark: string): Promise<string | null> {
  for (let round = 0; round < 3; round++) {
    try {
      await other.query('BEGIN');
    } catch {
      return 'it allows no transactions';
    }
    const [theirs] = await other.query(whoAmI);
    if (theirs?.backend === backend || theirs?.mark === mark) {
      await other.query('ROLLBACK');
      return 'two sessions share a backend';
    }
    const [ours] = await session.query(whoAmI);
    await other.query('ROLLBACK');
    if (ours?.backend !== backend || ours?.mark !== mark) return 'two statements of a session met different backends';
  }
  return null;
}
