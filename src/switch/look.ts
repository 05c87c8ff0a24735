import { releasesAt } from '../letta/catalogue.ts';
import { type RestoreMark, readMark } from '../postgres/build-mark.ts';
import { contentsOf } from '../postgres/contents.ts';
import type { Database } from '../postgres/database.ts';
import { lookForHome } from '../postgres/home.ts';
import { readIdentity } from '../postgres/identity.ts';
import type { Neighbour, Place } from '../postgres/place.ts';
import { readRevisions } from '../postgres/revisions.ts';
import { LifeboatError } from '../report/errors.ts';

/** What is known of a database from inside, read without changing anything. */
export interface Looked {
  /** Nothing of anybody's is in it. */
  empty: boolean;
  /** Schema of Letta's tables, null where there are none. */
  home: string | null;
  revisions: string[];
  releases: string[];
  source: { systemIdentifier: string; database: string };
  buildMark: RestoreMark | null;
}

export async function lookInside(database: Database): Promise<Looked> {
  const session = await database.connect();
  try {
    const home = await lookForHome(session);
    const { systemIdentifier, database: name } = await readIdentity(session, home ?? 'public');
    const revisions = home === null ? [] : await readRevisions(session, home);
    return {
      empty: home === null && (await contentsOf(session)).length === 0,
      home,
      revisions,
      releases: revisions.length === 1 ? releasesAt(revisions[0] ?? '') : [],
      source: { systemIdentifier, database: name },
      buildMark: await readMark(session),
    };
  } finally {
    await session.close();
    await database.close();
  }
}

/** Looks at the databases that are going to be exchanged. @throws LifeboatError rights-missing | switch-shut-off */
export async function refuseUnfit(place: Place, databases: readonly Neighbour[]): Promise<void> {
  const shut = databases.find(({ connectable }) => !connectable);
  if (shut) throw new LifeboatError('switch-shut-off', { database: shut.name });
  const missing = await place.missingRight(databases);
  if (missing) throw new LifeboatError('switch-rights', missing);
}

/** What the database that comes is not like the one that goes, and a server may stumble over. */
export function differencesOf(incoming: Neighbour, outgoing: Neighbour): { code: string; message: string; partial: boolean }[] {
  const notes: { code: string; message: string; partial: boolean }[] = [];
  const note = (code: string, message: string) => notes.push({ code, message, partial: true });
  if (incoming.owner !== outgoing.owner)
    note(
      'owner-differs',
      `${incoming.name} belongs to ${incoming.owner}, ${outgoing.name} to ${outgoing.owner}: a server that logs in as ${outgoing.owner} may lack rights (restore takes --owner)`,
    );
  if (incoming.limit !== outgoing.limit)
    note('connection-limit-differs', `${incoming.name} has CONNECTION LIMIT ${incoming.limit}, ${outgoing.name} has ${outgoing.limit}`);
  const missing = outgoing.roleSettings.filter((setting) => !incoming.roleSettings.includes(setting));
  if (missing.length > 0)
    note('role-settings-differ', `settings of roles in ${outgoing.name} that ${incoming.name} does not have: ${missing.join(', ')}`);
  return notes;
}
