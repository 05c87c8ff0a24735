import { LifeboatError } from '../report/errors.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';
import type { ListedSnapshot } from './views/snapshot-facts.ts';

type Unreadable = { ref: SnapshotRef; error: LifeboatError };

/**
 * Every snapshot of a vault, oldest first: one manifest that cannot be read does not hide the others.
 * @throws LifeboatError what makes all of them unreadable (writer-only …)
 */
export async function readSnapshots(vault: Vault): Promise<{ snapshots: ListedSnapshot[]; damaged: Unreadable[]; newer: Unreadable[] }> {
  const snapshots: ListedSnapshot[] = [];
  for (const ref of await vault.listSnapshots()) {
    try {
      snapshots.push({ ref, manifest: await vault.readManifest(ref) });
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.code === 'writer-only') throw error;
      snapshots.push({ ref, error });
    }
  }
  const unreadable = snapshots.filter((listed) => 'error' in listed);
  return {
    snapshots,
    damaged: unreadable.filter(({ error }) => error.code !== 'format-newer'),
    newer: unreadable.filter(({ error }) => error.code === 'format-newer'),
  };
}
