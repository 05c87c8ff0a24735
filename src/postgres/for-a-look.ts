import type { Database } from './database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';

/**
 * What to connect to for looking only. An embedded database that is not there yet would be made by connecting to it: an
 * empty one in memory stands for it, of the same PostgreSQL. To be closed by the caller where it is another one.
 */
export function forALook(database: Database): Database {
  return isUnmade(database) ? new EmbeddedDatabase('memory://lifeboat-look', true) : database;
}

/** Whether connecting to it would make it. */
export function isUnmade(database: Database): boolean {
  return database instanceof EmbeddedDatabase && database.isUnmade;
}
