import type { Database } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { makeDrillDirectory, newDrillId } from './drill-directory.ts';
import { databaseName } from './drill-mark.ts';
import { dropDrillDatabase } from './drop-drill-database.ts';
import type { Throwaway, ThrowawayPlan } from './throwaway.ts';

/**
 * A new database on a server that is there, a staging server as a rule. The database that the URL names is only where
 * to connect: nothing is looked at or changed in it.
 *
 * @param url of that database: null where none can be made for programs of this host (`-`)
 */
export function serverPlan(database: Database, url: string | null): ThrowawayPlan {
  return {
    kind: 'server',
    what: `a new database lifeboat_drill_… beside ${database.label}; no other database is touched`,
    make: () => makeOnServer(database, url),
  };
}

async function makeOnServer(neighbour: Database, url: string | null): Promise<Throwaway> {
  if (!neighbour.capabilities.createDatabase) throw new LifeboatError('drill-not-a-server', { database: neighbour.label });
  const id = newDrillId();
  const name = databaseName(id);
  const database = neighbour.sibling(name);
  const session = await neighbour.connect();
  let facts: Record<string, string | null> | undefined;
  try {
    [facts] = await session.query(
      `select (select system_identifier from pg_control_system())::text as system, split_part(current_setting('server_version'), ' ', 1) as version`,
    );
  } finally {
    await session.close();
  }
  const systemIdentifier = facts?.system ?? '';
  const directory = await makeDrillDirectory(id, { database: { systemIdentifier, name, label: database.label } });
  const remove = async () => {
    const outcome = await dropDrillDatabase(database, id, { force: true });
    // The directory stays then: the next drill tries again by what is written in it.
    if (outcome !== 'dropped' && outcome !== 'absent') throw new LifeboatError('drill-not-removed', { what: `database ${name}` });
    await directory.remove();
  };
  return {
    kind: 'server',
    database,
    postgres: facts?.version ?? '',
    directory: directory.path,
    owner: directory.owner,
    url: url && urlOf(url, name),
    systemIdentifier,
    remove,
  };
}

/** The same server, user and parameters, another database. */
function urlOf(url: string, name: string): string {
  const sibling = new URL(url.replace(/^postgres(?:ql)?(?:\+[a-z0-9]+)?:/i, 'postgresql:'));
  sibling.pathname = `/${name}`;
  return sibling.href;
}
