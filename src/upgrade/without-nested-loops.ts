import type { Session } from '../postgres/database.ts';

/**
 * Runs statements that look for rows without a counterpart, while no table has an index yet. To find a first such row
 * PostgreSQL likes to go through the other table for every row; where there is none, that takes hours.
 */
export async function withoutNestedLoops<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('set enable_nestloop to off');
  try {
    return await work();
  } finally {
    await session.query('reset enable_nestloop').catch(() => {}); // a session that is gone has no settings
  }
}
