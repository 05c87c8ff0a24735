import type { Session } from './database.ts';

/**
 * Works through items with several sessions at once, in order as sessions become free. After a failure or an abort no
 * session begins another item; the first failure is thrown when all have ended, so that nothing still runs behind it.
 */
export async function spread<Item>(
  sessions: readonly Session[],
  items: readonly Item[],
  signal: AbortSignal,
  work: (session: Session, item: Item) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const run = async (session: Session) => {
    for (const item of queue) {
      signal.throwIfAborted();
      await work(session, item);
      if (failures.length > 0) return;
    }
  };
  await Promise.all(sessions.map((session) => run(session).catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}
