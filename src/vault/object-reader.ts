import { LifeboatError } from '../report/errors.ts';
import { AgeFailure } from './age-failure.ts';
import { freeMemory, joinAndFree } from './free-memory.ts';
import { decodeObject, FormatFailure, type Opening, plainLimit } from './object-format.ts';
import { isObjectName, ObjectNamer, objectPath } from './object-name.ts';
import { largest } from './press-limits.ts';
import type { Store } from './store.ts';
import type { ObjectKind } from './vault.ts';
import { openWhole } from './whole-object.ts';

export interface ExpectedObject {
  kind: ObjectKind;
  shapeHash: Buffer;
  rows: number;
}

/** How an object is read. */
export interface Reading {
  /** Bounds what comes out. */
  limit?: number;
  /** A chunk is the receiver's only until it asks for the next one: its memory may be given back then. */
  lent?: boolean;
}

/**
 * Plain bytes of an object. One of up to 16 MiB comes in one piece, once its keyed name is verified; a larger one is
 * streamed, its last chunk only once the name is verified. Damage seen before anything went out is read a second time:
 * caches and proxies answer wrongly now and then, disks do so every time.
 * @throws LifeboatError object-missing | object-damaged | format-newer
 */
export async function* readObject(
  store: Store,
  keys: { nameKey: Buffer; opening: Opening },
  name: string,
  expect: ExpectedObject,
  { limit = plainLimit, lent = false }: Reading = {},
): AsyncGenerator<Buffer> {
  for (let attempt = 1; ; attempt++) {
    let given = false;
    try {
      for await (const chunk of readOnce(store, keys, name, expect, { limit, lent })) {
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
  { nameKey, opening }: { nameKey: Buffer; opening: Opening },
  name: string,
  { kind, shapeHash, rows }: ExpectedObject,
  { limit, lent }: Required<Reading>,
): AsyncGenerator<Buffer> {
  if (!isObjectName(name)) throw new FormatFailure('its name is not one of an object');
  const namer = new ObjectNamer(nameKey, kind, shapeHash);
  const verify = () => {
    if (namer.name(rows) !== name) throw new FormatFailure('its content is not the one that its name stands for');
  };
  const { first, rest } = await begin(store.get(objectPath(name)));
  const whole = rest === null ? openWhole(first, kind, opening, Math.min(largest, limit)) : null;
  if (whole !== null) {
    freeMemory(first);
    namer.update(whole);
    verify();
    if (whole.length === 0) return;
    yield whole;
    // Only here, where the receiver has asked for more: one that left the loop may still be using it.
    if (lent) freeMemory(whole);
    return;
  }
  let held: Buffer | null = null;
  for await (const chunk of decodeObject(rest === null ? [first] : rest, kind, opening, limit)) {
    namer.update(chunk);
    if (held !== null) yield held;
    held = chunk;
  }
  verify();
  if (held !== null) yield held;
}

/** Reads up to `largest` bytes. @returns all that was stored, or, where there is more, a stream of everything */
async function begin(stored: AsyncIterable<Buffer>): Promise<{ first: Buffer; rest: AsyncIterable<Buffer> | null }> {
  const source = stored[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let length = 0;
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    parts.push(next.value);
    length += next.value.length;
    if (length > largest) return { first: next.value, rest: resume(parts, source) };
  }
  return { first: joinAndFree(parts), rest: null };
}

async function* resume(parts: Buffer[], source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) yield part;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
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
