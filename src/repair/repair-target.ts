import { setTimeout as sleep } from 'node:timers/promises';
import { refuseIncomplete } from '../postgres/build-mark.ts';
import { connectionsTo, describeConnections } from '../postgres/connections.ts';
import type { Database, Session } from '../postgres/database.ts';
import { findHome } from '../postgres/home.ts';
import { readIdentity } from '../postgres/identity.ts';
import { introspect } from '../postgres/introspect.ts';
import { readRevisions } from '../postgres/revisions.ts';
import { LifeboatError } from '../report/errors.ts';
import type { DatabaseModel } from '../schema/model.ts';

/** What tells a database from all others, and from itself at another revision. */
export interface TargetIdentity {
  systemIdentifier: string;
  timeline: string;
  database: string;
  databaseOid: string;
  home: string;
  revisions: string[];
}

export interface RepairTarget {
  identity: TargetIdentity;
  model: DatabaseModel;
}

/**
 * Looks at a database before anything is planned for it. @throws LifeboatError no-letta, database-incomplete, target-busy
 * when others are connected and `whileInUse` was not given
 */
export async function readTarget(database: Database, whileInUse: boolean): Promise<RepairTarget> {
  const session = await database.connect();
  try {
    await refuseIncomplete(session, database.label);
    if (!whileInUse) await refuseOthers(session, database.label);
    const home = await findHome(session);
    return { identity: await identityOf(session, home), model: await introspect(session, home) };
  } finally {
    await session.close();
  }
}

export async function identityOf(session: Session, home: string): Promise<TargetIdentity> {
  const { systemIdentifier, timeline, database, databaseOid } = await readIdentity(session, home);
  return { systemIdentifier, timeline, database, databaseOid, home, revisions: await readRevisions(session, home) };
}

/** Milliseconds in which a connection that was closed a moment ago has left the server's list. */
const leaving = 1000;

/**
 * A running server holds rows in memory and writes them back, over what a repair changed. Who is just leaving is waited for.
 * @throws LifeboatError target-busy
 */
export async function refuseOthers(session: Session, label: string): Promise<void> {
  const [own] = await session.query('select pg_backend_pid()::text as pid, current_database() as name');
  const look = () => connectionsTo(session, [own?.name ?? ''], [Number(own?.pid)]);
  let others = await look();
  for (const end = Date.now() + leaving; others.length > 0 && Date.now() < end; others = await look()) await sleep(100);
  if (others.length > 0)
    throw new LifeboatError('target-busy', { database: label, connections: others.length, who: describeConnections(others) });
}

const words: Record<keyof TargetIdentity, string> = {
  systemIdentifier: 'server',
  timeline: 'timeline',
  database: 'database',
  databaseOid: 'number of the database',
  home: 'schema of Letta',
  revisions: 'revision',
};

/**
 * How a database is not the one expected, in words; empty when it is. Not every login may ask for the server's identifier, and
 * a timeline changes when a standby is promoted: what is not known, and that, tell nothing. Pure.
 */
export function identityDifferences(expected: TargetIdentity, found: TargetIdentity): string[] {
  return (Object.keys(words) as (keyof TargetIdentity)[]).flatMap((name) => {
    const [was, is] = [String(expected[name]), String(found[name])];
    if (name === 'timeline' || (name === 'systemIdentifier' && (was === '' || is === ''))) return [];
    return was === is ? [] : [`${words[name]} ${is || 'none'} instead of ${was || 'none'}`];
  });
}
