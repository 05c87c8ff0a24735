import { isObjectName } from './object-name.ts';
import type { CondemnedNames } from './object-writer.ts';
import type { Store } from './store.ts';

/**
 * Names that prune is about to remove (`condemned/<name>`), read once. For a writer they are absent: it stores the
 * content again, and where the object still lies there it takes the mark away. prune in turn deletes an object only
 * while its mark stands, and a writer looks again before its commit, so neither needs to trust a lock.
 */
export async function readCondemned(store: Store): Promise<CondemnedNames> {
  const names = new Set<string>();
  for await (const { path } of store.list('condemned/')) {
    const name = path.slice('condemned/'.length);
    if (isObjectName(name)) names.add(name);
  }
  return {
    has: (name) => names.has(name),
    async lift(name) {
      await store.delete(`condemned/${name}`);
      names.delete(name);
    },
  };
}
