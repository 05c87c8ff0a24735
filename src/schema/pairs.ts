export interface Pairing<E, A> {
  both: { expected: E; actual: A }[];
  missing: E[];
  extra: A[];
}

/** Pairs what should be with what is, by a key that is unique on each side. */
export function pairBy<T>(expected: readonly T[], actual: readonly T[], key: (thing: T) => string): Pairing<T, T> {
  const left = new Map(actual.map((thing) => [key(thing), thing]));
  const both: Pairing<T, T>['both'] = [];
  const missing: T[] = [];
  for (const thing of expected) {
    const partner = left.get(key(thing));
    if (partner === undefined) missing.push(thing);
    else {
      both.push({ expected: thing, actual: partner });
      left.delete(key(thing));
    }
  }
  return { both, missing, extra: [...left.values()] };
}

/**
 * Pairs things with a name and a definition: first those equal in both, then by definition (another name), then by name
 * (another definition), each thing once.
 */
export function pairDefined<T extends { name: string }>(
  expected: readonly T[],
  actual: readonly T[],
  definition: (thing: T) => string,
): Pairing<T, T> {
  const same = pairBy(expected, actual, (thing) => `${thing.name}\0${definition(thing)}`);
  const renamed = pairFirst(same.missing, same.extra, definition);
  const changed = pairFirst(renamed.missing, renamed.extra, ({ name }) => name);
  return { both: [...same.both, ...renamed.both, ...changed.both], missing: changed.missing, extra: changed.extra };
}

/** Like pairBy, for keys that several things may share: the first free one is taken. */
function pairFirst<T>(expected: readonly T[], actual: readonly T[], key: (thing: T) => string): Pairing<T, T> {
  const free = [...actual];
  const both: Pairing<T, T>['both'] = [];
  const missing = expected.filter((thing) => {
    const at = free.findIndex((other) => key(other) === key(thing));
    if (at < 0) return true;
    both.push({ expected: thing, actual: free.splice(at, 1)[0] as T });
    return false;
  });
  return { both, missing, extra: free };
}
