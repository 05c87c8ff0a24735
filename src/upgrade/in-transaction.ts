import type { Session } from '../postgres/database.ts';

/** Runs the work in one transaction of the session, which must not be in one: all of it is done, or nothing is. */
export async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('begin');
  try {
    const result = await work();
    await session.query('commit');
    return result;
  } catch (error) {
    await session.query('rollback').catch(() => {}); // a session that is gone rolled back by itself
    throw error;
  }
}
