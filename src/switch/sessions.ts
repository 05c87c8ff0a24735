import type { Database, Session } from '../postgres/database.ts';
import { introspect } from '../postgres/introspect.ts';
import { sqlState } from '../postgres/sql-state.ts';
import { LifeboatError } from '../report/errors.ts';
import { qualified } from '../schema/model.ts';

const lockNotAvailable = '55P03';

/** Our own sessions in the databases that are exchanged: opened while that is still possible, known by their backends. */
export class OwnSessions {
  readonly backends: number[] = [];
  readonly #sessions = new Set<Session>();
  readonly #databases = new Set<Database>();

  async open(database: Database): Promise<Session> {
    this.#databases.add(database);
    const session = await database.connect();
    this.#sessions.add(session);
    const [row] = await session.query('select pg_backend_pid()::text as pid');
    this.backends.push(Number(row?.pid));
    return session;
  }

  abort(): void {
    for (const session of this.#sessions) session.abort();
  }

  /** Ends them all; embedded engines stop. Backends are forgotten: what is seen of them afterwards is still going. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await Promise.all([...this.#databases].map((database) => database.close()));
    this.#sessions.clear();
    this.#databases.clear();
  }
}

/**
 * Keeps everybody from writing to a database while it is looked at: a session that slipped in as connections went off
 * could do so otherwise. Holds until the session ends, in a transaction that sees what was committed before.
 */
export async function holdWriters(session: Session, database: string, home: string): Promise<void> {
  const { tables } = await introspect(session, home);
  await session.query('begin isolation level repeatable read read only');
  await session.query(`set local lock_timeout = '10s'`);
  try {
    for (const { schema, name } of tables) await session.query(`lock table ${qualified(home, schema, name)} in share mode`);
  } catch (error) {
    if (sqlState(error) !== lockNotAvailable) throw error;
    throw new LifeboatError(
      'switch-in-use',
      { database, who: 'a session that does not show itself holds a lock on a table' },
      { cause: error },
    );
  }
}

/** Sees the same as the session that holds writers. */
export async function seeTheSame(session: Session): Promise<void> {
  await session.query('begin isolation level repeatable read read only');
}
