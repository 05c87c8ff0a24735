import { LifeboatError } from '../report/errors.ts';
import { formatCountOf, formatTime } from '../report/format.ts';
import { isDamage } from '../report/is-damage.ts';
import type { Warning } from '../report/progress.ts';
import type { Manifest } from '../vault/manifest.ts';
import { isOf } from '../vault/snapshot-source.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * Where nothing is compared, nothing else says that a database is older than it need be: a note about the snapshots of
 * the same database that were taken after the one it was built from. Only manifests that are sound count.
 * @throws LifeboatError what keeps the vault from being read, other than damage
 */
export async function newerSnapshots(vault: Vault, from: Manifest, built: string): Promise<Warning[]> {
  const refs = await vault.listSnapshots();
  const newer: Manifest[] = [];
  for (const ref of refs.slice(refs.findIndex(({ id }) => id === from.id) + 1)) {
    const manifest = await soundManifest(() => vault.readManifest(ref));
    if (manifest && isOf(manifest, from.source)) newer.push(manifest);
  }
  const newest = newer.at(-1);
  if (!newest) return [];
  const held = formatCountOf(newer.length, 'newer snapshot');
  const which = newer.length === 1 ? 'it is' : 'the newest is';
  return [
    {
      code: 'newer-snapshots',
      message: `the vault holds ${held} of ${from.source.database}: ${which} ${newest.id} of ${formatTime(newest.time)}. What was written after ${formatTime(from.time)} is not in ${built}`,
      partial: false,
    },
  ];
}

/** Null for one that is damaged, or of a later Lifeboat. */
async function soundManifest(read: () => Promise<Manifest>): Promise<Manifest | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof LifeboatError) || !(isDamage(error.code) || error.code === 'format-newer')) throw error;
    return null;
  }
}
