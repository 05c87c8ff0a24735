import type { Session } from '../postgres/database.ts';

/**
 * A commit does not wait for the disk while a database is built: hundreds of small ones do (each table, each index), and
 * what a crash takes away is marked incomplete and made again. PostgreSQL's log is written in order, so the commit that
 * says `complete`, which does wait, makes everything before it durable.
 */
export async function setForBuilding(session: Session): Promise<void> {
  await session.query('set synchronous_commit = off');
  // Long values are compressed again as they come in. PostgreSQL's own way takes a fifth of the whole load; where the server
  // knows lz4, which it reads like its own, that takes a fraction of it.
  await session.query(
    `select set_config(name, 'lz4', false) from pg_settings where name = 'default_toast_compression' and 'lz4' = any(enumvals)`,
  );
}

/** From here on commits wait for the disk again. */
export async function setForTheMark(session: Session): Promise<void> {
  await session.query('set synchronous_commit = on');
}
