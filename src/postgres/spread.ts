import type { Session } from './database.ts';

/**
 * Works through items with several sessions at once, in order as sessions become free. After a failure or an abort no
 * session begins another item; the first failure is thrown when all have ended, so that nothing still runs behind it.
 */
export function spread<Item>(
  sessions: readonly Session[],
  items: readonly Item[],
  signal: AbortSignal,
  work: (session: Session, item: Item) => Promise<unknown>,
): Promise<void> {
  return spreadKinds(sessions, [items], signal, work);
}

/**
 * `spread` for items of several kinds that wait for different things, such as this process and the server: each session
 * begins with another kind, and helps with the rest when that is done.
 */
export async function spreadKinds<Item>(
  sessions: readonly Session[],
  kinds: readonly (readonly Item[])[],
  signal: AbortSignal,
  work: (session: Session, item: Item) => Promise<unknown>,
): Promise<void> {
  const queues = kinds.map((items) => items.values());
  const failures: unknown[] = [];
  const run = async (session: Session, index: number) => {
    const first = index % queues.length;
    for (const queue of [...queues.slice(first), ...queues.slice(0, first)])
      for (const item of queue) {
        signal.throwIfAborted();
        await work(session, item);
        if (failures.length > 0) return;
      }
  };
  await Promise.all(sessions.map((session, index) => run(session, index).catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}
