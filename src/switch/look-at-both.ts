import type { RestoreMark } from '../postgres/build-mark.ts';
import type { Neighbour, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Warning } from '../report/progress.ts';
import type { Manifest } from '../vault/manifest.ts';
import { isOf } from '../vault/snapshot-source.ts';
import type { Vault } from '../vault/vault.ts';
import { refuseConnections } from './connections.ts';
import { type Looked, lookInside, refuseUnfit } from './look.ts';
import { parseMarks } from './marks.ts';
import { newerSnapshots } from './newer-snapshots.ts';
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
  /** The snapshot that the built one came from; null where no vault could be asked. */
  manifest: Manifest | null;
  /** What could not be looked at. */
  notes: Warning[];
  /** That the vault holds newer snapshots of the same database; only where nothing is compared. */
  newer: Warning[];
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
  const switched = parseMarks(live?.note ?? null);
  if (!built && switched?.state === 'switched' && switched.built === builtName)
    throw new LifeboatError('switched-already', { database: name, built: builtName, since: switched.time });
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
  const known = { all, built, builtInside, mark, live, liveInside, notes: [], newer: [] };
  if (liveInside === null || liveInside.empty) return { ...known, ...(await lookAtSnapshot(options, mark, live)), compared: null };

  const vault = await options.openVault();
  const manifest = await requireSnapshot(vault, mark, builtName);
  if (!isOf(manifest, liveInside.source) && !options.acceptOtherSource)
    throw new LifeboatError('switch-other-source', {
      database: name,
      built: builtName,
      source: manifest.source.database,
      snapshot: manifest.id,
    });
  if (liveInside.home === null) throw new LifeboatError('no-letta', { database: name });
  return { ...known, manifest, compared: { vault, manifest } };
}

/**
 * What the vault says where there are no rows to compare. Nothing has the name: then it is the name of the snapshot's
 * database, or mistyped; an embedded database does not know its directory's name. A vault that is lost too, or was not
 * named, is no reason to refuse. @throws LifeboatError switch-new-name
 */
async function lookAtSnapshot(
  { place, name, built, openVault, acceptOtherSource }: Parameters<typeof lookAtBoth>[0],
  mark: RestoreMark,
  live: Neighbour | null,
): Promise<Pick<BothLooked, 'manifest' | 'notes' | 'newer'>> {
  const nameMatters = live === null && !acceptOtherSource && place.database(name).kind === 'server';
  let manifest: Manifest | null = null;
  let newer: Warning[] = [];
  try {
    const vault = await openVault();
    manifest = await requireSnapshot(vault, mark, built);
    newer = await newerSnapshots(vault, manifest, built);
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code === 'interrupted') throw error;
    if (manifest === null && nameMatters) {
      const message = `Nothing has the name ${name}, and without the snapshot nobody can say whether it is the name of its database: ${error.message}`;
      return { manifest, newer, notes: [{ code: 'source-unknown', message, partial: false }] };
    }
    // No vault was named, and none is needed here.
    if (error.code === 'usage') return { manifest, newer, notes: [] };
    const message = `Whether the vault holds newer snapshots than the one that ${built} came from is not known: ${error.message}`;
    return { manifest, newer, notes: [{ code: 'newer-unknown', message, partial: false }] };
  }
  const source = manifest.source.database;
  if (nameMatters && source !== name) throw new LifeboatError('switch-new-name', { database: name, built, snapshot: manifest.id, source });
  return { manifest, newer, notes: [] };
}
