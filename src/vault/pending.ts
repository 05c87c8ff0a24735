import { randomBytes } from 'node:crypto';
import { bytesBody } from './bytes-body.ts';
import type { Store } from './store.ts';

/**
 * Publishes which objects a running backup relies on without having written them: `pending/<snapshot id>-<random>-<n>`,
 * one name a line. prune reads them again right before it deletes.
 */
export function openPending(store: Store, snapshotId: string): { rely(names: readonly string[]): Promise<void>; release(): Promise<void> } {
  const run = randomBytes(4).toString('hex');
  const written: string[] = [];
  return {
    async rely(names) {
      if (names.length === 0) return;
      const path = `pending/${snapshotId}-${run}-${written.length}`;
      // Before the put: several calls may be under way at once.
      written.push(path);
      await store.put(path, bytesBody(Buffer.from(`${names.join('\n')}\n`)));
    },
    async release() {
      for (const path of written.splice(0)) await store.delete(path);
    },
  };
}
