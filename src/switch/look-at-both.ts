import type { RestoreMark } from '../postgres/build-mark.ts';
import type { Neighbour, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Warning } from '../report/progress.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { Vault } from '../vault/vault.ts';
import { refuseConnections } from './connections.ts';
import { type Looked, lookInside, refuseUnfit } from './look.ts';
import { requireBuilt } from './plan-switch.ts';
import { requireSnapshot } from './require-snapshot.ts';

/** What is known before a switch. */
export interface BothLooked {
  /** All databases beside. */
  all: Neighbour[];
  built: Neighbour;
  builtInside: Looked;
  mark: RestoreMark;
  live: Neighbour | null;
  liveInside: Looked | null;
  /** The snapshot to compare the live one with; null when there is nothing in it, or nothing of that name. */
  compared: { vault: Vault; manifest: Manifest } | null;
  /** What could not be looked at. */
  notes: Warning[];
}

/** Looks at both databases, and refuses what a switch cannot be done with. Changes nothing. @throws LifeboatError */
export async function lookAtBoth(options: {
  place: Place;
  name: string;
  built: string;
  openVault: () => Promise<Vault>;
  acceptOtherSource: boolean;
}): Promise<BothLooked> {
  const { place, name, built: builtName } = options;
  const all = await place.databases();
  const built = all.find((each) => each.name === builtName);
  const live = all.find((each) => each.name === name) ?? null;
  if (!built) throw new LifeboatError('no-such-database', { database: builtName, reason: `Nothing of that name stands beside ${name}.` });
  const both = [built, ...(live ? [live] : [])];
  await refuseUnfit(place, both);
  await refuseConnections(
    place,
    both.map((each) => each.name),
    [],
  );
  const builtInside = await lookInside(place.database(builtName));
  const mark = requireBuilt(built, builtInside);
  const liveInside = live ? await lookInside(place.database(name)) : null;
  const notes = live === null ? await refuseNewName(options, mark) : [];
  const known = { all, built, builtInside, mark, live, liveInside, notes };
  if (liveInside === null || liveInside.empty) return { ...known, compared: null };

  const vault = await options.openVault();
  const manifest = await requireSnapshot(vault, mark, builtName);
  const { systemIdentifier, database } = manifest.source;
  const same = systemIdentifier === liveInside.source.systemIdentifier && database === liveInside.source.database;
  if (!same && !options.acceptOtherSource)
    throw new LifeboatError('switch-other-source', { database: name, built: builtName, source: database, snapshot: manifest.id });
  if (liveInside.home === null) throw new LifeboatError('no-letta', { database: name });
  return { ...known, compared: { vault, manifest } };
}

/**
 * Nothing has the name: then it is the name of the snapshot's database, or mistyped. An embedded database does not know
 * its directory's name. A vault that is lost too is no reason to refuse. @throws LifeboatError switch-new-name
 */
async function refuseNewName(
  { place, name, built, openVault, acceptOtherSource }: Parameters<typeof lookAtBoth>[0],
  mark: RestoreMark,
): Promise<Warning[]> {
  if (acceptOtherSource || place.database(name).kind === 'embedded') return [];
  let manifest: Manifest;
  try {
    manifest = await requireSnapshot(await openVault(), mark, built);
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    const message = `Nothing has the name ${name}, and without the snapshot nobody can say whether it is the name of its database: ${error.message}`;
    return [{ code: 'source-unknown', message, partial: false }];
  }
  const source = manifest.source.database;
  if (source !== name) throw new LifeboatError('switch-new-name', { database: name, built, snapshot: manifest.id, source });
  return [];
}
