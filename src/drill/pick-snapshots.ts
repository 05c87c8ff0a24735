import type { Manifest } from '../vault/manifest.ts';

/**
 * Chooses snapshots to rehearse that differ most: the newest, the oldest, the newest of each revision of Letta that no
 * chosen one has, then those that lie furthest in time from all chosen ones. Pure.
 *
 * @param manifests oldest first
 * @returns at most `count` of them, oldest first
 */
export function pickSnapshots<Snapshot extends Pick<Manifest, 'time'> & { letta: Pick<Manifest['letta'], 'revision'> }>(
  manifests: readonly Snapshot[],
  count: number,
): Snapshot[] {
  const chosen = new Set<Snapshot>();
  const add = (one: Snapshot | undefined) => {
    if (one !== undefined && chosen.size < count) chosen.add(one);
  };
  add(manifests.at(-1));
  add(manifests[0]);
  for (const one of manifests.toReversed()) if (![...chosen].some(({ letta }) => letta.revision === one.letta.revision)) add(one);
  while (chosen.size < Math.min(count, manifests.length)) {
    const distance = (one: Snapshot) => Math.min(...[...chosen].map(({ time }) => Math.abs(Date.parse(time) - Date.parse(one.time))));
    const rest = manifests.filter((one) => !chosen.has(one));
    add(rest.reduce((furthest, one) => (distance(one) > distance(furthest) ? one : furthest)));
  }
  return manifests.filter((one) => chosen.has(one));
}
