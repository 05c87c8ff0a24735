import { LifeboatError } from '../report/errors.ts';
import { AgeFailure } from './age-failure.ts';
import { decodeObject, FormatFailure, type Opening, plainLimit } from './object-format.ts';
import { isObjectName, ObjectNamer, objectPath } from './object-name.ts';
import type { Store } from './store.ts';
import type { ObjectKind } from './vault.ts';

export interface ExpectedObject {
  kind: ObjectKind;
  shapeHash: Buffer;
  rows: number;
}

/**
 * Plain bytes of an object, its last chunk only once the keyed name is verified. Damage seen before anything went out
 * is read a second time: caches and proxies answer wrongly now and then, disks do so every time.
 * @throws LifeboatError object-missing | object-damaged | format-newer
 */
export async function* readObject(
  store: Store,
  keys: { nameKey: Buffer; opening: Opening },
  name: string,
  expect: ExpectedObject,
  limit: number = plainLimit,
): AsyncGenerator<Buffer> {
  for (let attempt = 1; ; attempt++) {
    let given = false;
    try {
      for await (const chunk of readOnce(store, keys, name, expect, limit)) {
        given = true;
        yield chunk;
      }
      return;
    } catch (cause) {
      const fault = damageOf(cause, name, store.location);
      if (given || attempt === 2 || !(fault instanceof LifeboatError) || fault.code !== 'object-damaged') throw fault;
    }
  }
}

async function* readOnce(
  store: Store,
  keys: { nameKey: Buffer; opening: Opening },
  name: string,
  expect: ExpectedObject,
  limit: number,
): AsyncGenerator<Buffer> {
  if (!isObjectName(name)) throw new FormatFailure('its name is not one of an object');
  const namer = new ObjectNamer(keys.nameKey, expect.kind, expect.shapeHash);
  let held: Buffer | null = null;
  for await (const chunk of decodeObject(store.get(objectPath(name)), expect.kind, keys.opening, limit)) {
    namer.update(chunk);
    if (held !== null) yield held;
    held = chunk;
  }
  if (namer.name(expect.rows) !== name) throw new FormatFailure('its content is not the one that its name stands for');
  if (held !== null) yield held;
}

/** What reading an object threw, as a registered error; other people's failures (a consumer's) pass as they are. */
function damageOf(cause: unknown, name: string, location: string): unknown {
  if (cause instanceof LifeboatError) return cause;
  const isZstd = cause instanceof Error && 'code' in cause && /^(Z_|ZSTD_|ERR_)/.test(String(cause.code));
  if (!(cause instanceof AgeFailure || cause instanceof FormatFailure || isZstd)) return cause;
  return new LifeboatError(
    'object-damaged',
    { object: JSON.stringify(name.slice(0, 64)).slice(1, -1), location, reason: cause.message },
    { cause },
  );
}
