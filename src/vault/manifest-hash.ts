import { createHash } from 'node:crypto';
import { collect } from './join-chunks.ts';
import { manifestLimit, manifestPath } from './manifest-file.ts';
import type { Store } from './store.ts';
import type { SnapshotRef } from './vault.ts';

/**
 * What binds a proof to a snapshot: SHA-256 of the manifest's file as it is stored, sealed. It takes no key and one
 * small read to check, and a manifest that was replaced, be it by one that says the same, is another one.
 * @returns 64 hex digits. @throws LifeboatError object-missing
 */
export async function manifestHash(store: Store, ref: Pick<SnapshotRef, 'file'>): Promise<string> {
  return createHash('sha256')
    .update(await collect(store.get(manifestPath(ref)), 2 * manifestLimit))
    .digest('hex');
}
