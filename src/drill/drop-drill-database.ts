import { setTimeout as sleep } from 'node:timers/promises';
import { parseMark } from '../postgres/build-mark.ts';
import { contentsOf } from '../postgres/contents.ts';
import type { Database } from '../postgres/database.ts';
import { connectMaintenance } from '../postgres/maintenance.ts';
import { sqlState } from '../postgres/sql-state.ts';
import { quoteIdent } from '../schema/model.ts';

/** What became of it. `foreign`: it does not say that it is that drill's; `busy`: it is still being made; `in-use`: somebody is connected to it. */
export type DropOutcome = 'dropped' | 'absent' | 'foreign' | 'busy' | 'in-use';

/** How long the server may take to notice that a client is gone, or to end its CREATE DATABASE: milliseconds. */
const patience = 15_000;
/** SQLSTATE object_in_use. */
const objectInUse = '55006';

/**
 * Drops the database of a drill, if it says that it is. One without any mark is that drill's only while nothing was put
 * into it: a drill that is killed between CREATE DATABASE and COMMENT leaves one like that, under the random name that
 * it wrote down before.
 *
 * @param force ends the sessions in it: only for the drill that made it. To everybody else they say that it lives, whatever
 *   the mark says of its process: clones of a machine share name and id.
 */
export async function dropDrillDatabase(database: Database, id: string, { force }: { force: boolean }): Promise<DropOutcome> {
  const { session, database: maintenance } = await connectMaintenance(database);
  // A restore holds this while it makes the database, whether its client lives or not. It ends with the session.
  const claim = [`lifeboat restore ${database.name}`];
  const deadline = Date.now() + patience;
  try {
    for (; ; await sleep(200)) {
      const [claimed] = await session.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as free', claim);
      if (claimed?.free === 't') break;
      if (Date.now() > deadline) return 'busy';
    }
    const [found] = await session.query(`select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`, [
      database.name,
    ]);
    if (!found) return 'absent';
    const comment = found.comment ?? null;
    const ours = comment === null ? await isUntouched(database) : parseMark(comment)?.drill?.id === id;
    if (!ours) return 'foreign';
    const drop = `drop database if exists ${quoteIdent(database.name)}${force ? ' with (force)' : ''}`;
    for (;;) {
      try {
        await session.query(drop);
        return 'dropped';
      } catch (error) {
        if (sqlState(error) !== objectInUse) throw error;
        // PostgreSQL itself waits for five seconds; a backend may need longer to see that its client is gone.
        if (Date.now() > deadline) return 'in-use';
      }
    }
  } finally {
    await session.close();
    await maintenance.close();
  }
}

async function isUntouched(database: Database): Promise<boolean> {
  const session = await database.connect();
  try {
    return (await contentsOf(session)).length === 0;
  } finally {
    await session.close();
  }
}
