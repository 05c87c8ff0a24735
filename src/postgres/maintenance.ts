import { LifeboatError } from '../report/errors.ts';
import type { Database, Session } from './database.ts';

/** Databases from which others can be created and renamed, in order of preference. */
const maintenanceDatabases = ['postgres', 'template1'];

/** A session on the server of `database`, but in none of the databases that are going to be changed: itself and `others`. */
export async function connectMaintenance(
  database: Database,
  others: readonly string[] = [],
): Promise<{ session: Session; database: Database }> {
  let failure: unknown;
  for (const name of maintenanceDatabases) {
    if (name === database.name || others.includes(name)) continue;
    const sibling = database.sibling(name);
    try {
      return { session: await sibling.connect(), database: sibling };
    } catch (error) {
      failure = error;
      await sibling.close();
      if (!(error instanceof LifeboatError) || error.code !== 'no-such-database') throw error;
    }
  }
  throw failure;
}
