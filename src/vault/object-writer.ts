import { LifeboatError } from '../report/errors.ts';
import { bytesBody } from './bytes-body.ts';
import type { DamagedNames } from './damaged.ts';
import { freeMemory } from './free-memory.ts';
import { collect, joinChunks } from './join-chunks.ts';
import { decodeObject, type Encoding, encodeObject, type Sealing } from './object-format.ts';
import { ObjectNamer, objectPath } from './object-name.ts';
import type { Press } from './press.ts';
import { spool } from './spool.ts';
import type { Body, Store } from './store.ts';
import type { PlainContent, StoredObject } from './vault.ts';

/** Up to this many plain bytes an object is made in memory; above, its sealed form waits on disk. */
const memoryLimit = 16 * 1024 * 1024;

export interface ObjectWriterOptions {
  store: Store;
  nameKey: Buffer;
  sealing: Sealing;
  /** Names that prune is about to remove: no longer there for a writer. Lifted names leave the set. */
  condemned: CondemnedNames;
  /** Names of objects that were found damaged: they are stored anew, in the place of what lies there. */
  damaged?: Pick<DamagedNames, 'has' | 'lift'>;
  /** False only in benchmarks. */
  selfCheck?: boolean;
  spoolDirectory?: string;
  /** Threads that make objects of a few megabytes; without them everything is made here. */
  press?: Press;
}

export interface CondemnedNames {
  has(name: string): boolean;
  /** Takes the mark away because a backup needs the object again. */
  lift(name: string): Promise<void>;
}

/**
 * Seals, self-checks and stores a content; reuses what is there. @param taken called when the content's memory is not needed
 * any more. @throws LifeboatError self-check-failed | disk-full …
 */
export async function writeObject(content: PlainContent, options: ObjectWriterOptions, taken?: () => void): Promise<StoredObject> {
  if (options.press?.takes(content)) {
    const { name, sealed } = await options.press.make(content, options.selfCheck !== false, (each) => isThere(each, options), taken);
    if (sealed === null) return { name, stored: 0, reused: true };
    try {
      return await put(name, bytesBody(sealed), options);
    } finally {
      freeMemory(sealed);
    }
  }
  const name = await nameOfBody(content, options.nameKey);
  if (await isThere(name, options)) {
    taken?.();
    return { name, stored: 0, reused: true };
  }
  const encoding = encodeObject(content.open(), content.kind, content.size, options.sealing);
  const sealed = await park(encoding, content.size, name, options.spoolDirectory);
  try {
    if (options.selfCheck !== false) await selfCheck(name, content, encoding, sealed, options.nameKey);
    taken?.();
    return await put(name, sealed, options);
  } finally {
    await sealed.remove();
  }
}

/** Whether an object need not be made. */
async function isThere(name: string, { store, condemned, damaged }: ObjectWriterOptions): Promise<boolean> {
  const path = objectPath(name);
  const there = await store.head(path);
  // An empty file is what some file systems leave after a crash: it holds nothing, so nothing is lost with it.
  if (there?.size === 0) await store.delete(path);
  return there !== null && there.size > 0 && !condemned.has(name) && !damaged?.has(name);
}

async function put(name: string, sealed: Body, { store, condemned, damaged }: ObjectWriterOptions): Promise<StoredObject> {
  // What is put was checked already, and what goes was of no use to anybody.
  if (damaged?.has(name)) await store.delete(objectPath(name));
  const outcome = await store.put(objectPath(name), sealed);
  // prune deletes only what is still marked at that very moment; the caller looks again before its commit.
  if (condemned.has(name)) await condemned.lift(name);
  if (damaged?.has(name)) await damaged.lift(name);
  return outcome === 'exists' ? { name, stored: 0, reused: true } : { name, stored: sealed.size, reused: false };
}

async function nameOfBody(content: PlainContent, nameKey: Buffer): Promise<string> {
  const namer = new ObjectNamer(nameKey, content.kind, content.shapeHash);
  for await (const chunk of joinChunks(content.open())) namer.update(chunk);
  if (namer.length !== content.size)
    throw new LifeboatError('internal', { reason: `a content of ${content.size} bytes gave ${namer.length}` });
  return namer.name(content.rows);
}

async function park(encoding: Encoding, size: number, name: string, directory?: string): Promise<Body & { remove(): Promise<void> }> {
  try {
    if (size > memoryLimit) return await spool(encoding.chunks, directory);
    return { ...bytesBody(await collect(encoding.chunks, 2 * memoryLimit)), remove: async () => {} };
  } catch (cause) {
    // zstd was told the size: content that changed since it was named ends here.
    if (cause instanceof LifeboatError || !(cause instanceof Error)) throw cause;
    if ('code' in cause && String(cause.code).startsWith('ZSTD_'))
      throw new LifeboatError('self-check-failed', { object: name }, { cause });
    throw cause;
  }
}

/** Opens what is about to be stored: memory, processor and disk do flip bits, and a backup is where that must show. */
async function selfCheck(name: string, content: PlainContent, encoding: Encoding, sealed: Body, nameKey: Buffer): Promise<void> {
  const namer = new ObjectNamer(nameKey, content.kind, content.shapeHash);
  const opening = encoding.fileKey && { fileKey: encoding.fileKey };
  try {
    for await (const chunk of decodeObject(sealed.open(), content.kind, opening, content.size)) namer.update(chunk);
  } catch (cause) {
    throw new LifeboatError('self-check-failed', { object: name }, { cause });
  }
  if (namer.name(content.rows) !== name) throw new LifeboatError('self-check-failed', { object: name });
}
