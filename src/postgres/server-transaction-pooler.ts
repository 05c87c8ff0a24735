import { LifeboatError } from '../report/errors.ts';
import type { Session } from './database.ts';
import { ServerSession } from './server-session.ts';

const whoAmI = `SELECT pg_backend_pid() AS backend, current_setting('lifeboat.session', true) AS mark`;

/**
 * Throws `transaction-pooler` when each transaction may meet another backend. A backend that is the one which the login
 * named is no pool's. Else some pooler stands between (those make up the login's process id), and its mode shows when
 * a second client opens a transaction: in transaction mode it is given the backend that the first one just used.
 */
export async function refuseTransactionPooler(session: Session): Promise<void> {
  if (!(session instanceof ServerSession)) return;
  const mark = `${process.pid}.${performance.now()}`;
  await session.query(`SELECT set_config('lifeboat.session', $1, false)`, [mark]);
  const [first] = await session.query(whoAmI);
  const refuse = (reason: string) => new LifeboatError('transaction-pooler', { database: session.label, reason });
  if (first?.['mark'] !== mark) throw refuse('a setting was lost between two statements');
  if (first['backend'] === String(session.announcedBackend)) return;

  const other = await session.another();
  try {
    for (let round = 0; round < 3; round++) {
      await other.query('BEGIN').catch((error: unknown) => {
        throw new LifeboatError('transaction-pooler', { database: session.label, reason: 'it allows no transactions' }, { cause: error });
      });
      const [theirs] = await other.query(whoAmI);
      if (theirs?.['backend'] === first['backend'] || theirs?.['mark'] === mark) throw refuse('two sessions share a backend');
      const [ours] = await session.query(whoAmI);
      if (ours?.['backend'] !== first['backend'] || ours?.['mark'] !== mark) throw refuse('two statements of a session met different backends');
      await other.query('ROLLBACK');
    }
  } finally {
    await other.close();
  }
}
