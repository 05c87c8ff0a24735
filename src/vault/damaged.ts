import { bytesBody } from './bytes-body.ts';
import { isObjectName } from './object-name.ts';
import type { Store } from './store.ts';

/**
 * Objects that were found damaged when they were read (`damaged/<name>`). For a writer they are absent: a backup that has
 * the same rows stores them anew, which heals every snapshot that they belong to. A mark of which nothing is true costs
 * one object written again.
 */
export interface DamagedNames {
  has(name: string): boolean;
  mark(name: string): Promise<void>;
  lift(name: string): Promise<void>;
}

export async function readDamaged(store: Store): Promise<DamagedNames> {
  const names = new Set<string>();
  for await (const { path } of store.list('damaged/')) {
    const name = path.slice('damaged/'.length);
    if (isObjectName(name)) names.add(name);
  }
  return {
    has: (name) => names.has(name),
    async mark(name) {
      if (names.has(name) || !isObjectName(name)) return;
      names.add(name);
      // A vault that cannot be written to is read all the same: what was found is told, and forgotten.
      await store.put(`damaged/${name}`, bytesBody(Buffer.from(`${new Date().toISOString()}\n`))).catch(() => {});
    },
    async lift(name) {
      await store.delete(`damaged/${name}`);
      names.delete(name);
    },
  };
}
