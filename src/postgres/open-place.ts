import { LifeboatError } from '../report/errors.ts';
import type { Database } from './database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { EmbeddedPlace } from './embedded-place.ts';
import type { Place } from './place.ts';
import { ServerPlace } from './server-place.ts';

/**
 * The place where a database stands (or would stand: it need not exist), to be closed by the caller. `others` are going
 * to be changed too, so that nothing is done from inside them.
 * @throws LifeboatError database-unreachable …; bad-database-name for a database in memory
 */
export async function openPlace(database: Database, others: readonly string[] = []): Promise<Place> {
  if (!(database instanceof EmbeddedDatabase)) return await ServerPlace.open(database, others);
  if (database.directory === null)
    throw new LifeboatError('bad-database-name', {
      database: database.label,
      reason: 'A database in memory has no place that another could take.',
    });
  return new EmbeddedPlace(database, database.directory);
}
