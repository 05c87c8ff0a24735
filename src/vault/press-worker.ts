/** A thread of the press: `press.ts` says what it is for and what is said between the two. */
import { parentPort, workerData } from 'node:worker_threads';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AgeOpener, AgeSealer } from './age-payload.ts';
import { freeMemory, joinAndFree } from './free-memory.ts';
import { parseIdentity, parseRecipient } from './key-agreement.ts';
import { compression, largestWindowLog, type Opening, prefixLength, prefixOf } from './object-format.ts';
import { ObjectNamer } from './object-name.ts';
import type { CheckOrder, NameOrder, PressAnswer, PressKeys, SealOrder } from './press.ts';
import { largest } from './press-limits.ts';
import type { ObjectKind } from './vault.ts';

const keys = workerData as PressKeys;
const nameKey = Buffer.from(keys.nameKey);
const recipient = keys.recipient === null ? null : parseRecipient(keys.recipient);
const identity = keys.identity === null ? null : parseIdentity(keys.identity);
/** Where the content at hand lies: one piece for all of them, of which only what is used takes up memory. */
const memory = Buffer.allocUnsafeSlow(largest);
/** Pieces of the same size each time: what is freed fits the next one. The first has room for what does not compress. */
const [packedSize, plainSize] = [largest + (largest >> 7) + 1024, largest + 1024];
let content: NameOrder | null = null;
let name = '';

parentPort?.on('message', (order: NameOrder | SealOrder | CheckOrder) => {
  try {
    if (order.order === 'name') parentPort?.postMessage({ name: take(order) } satisfies PressAnswer);
    else if (order.order === 'check') parentPort?.postMessage({ checked: check(order) } satisfies PressAnswer);
    else {
      const sealed = seal(order.selfCheck);
      parentPort?.postMessage({ sealed } satisfies PressAnswer, sealed === null ? [] : [sealed.buffer as ArrayBuffer]);
    }
  } catch (error) {
    parentPort?.postMessage({ failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) } satisfies PressAnswer);
  }
});

/** Takes over a content, so that the memory where it lay can be used for other rows. @returns its keyed name */
function take(order: NameOrder): string {
  if (order.size > memory.length) throw new RangeError(`${order.size} bytes are too many`);
  let at = 0;
  for (const piece of order.pieces) {
    if (at + piece.length > order.size) throw new RangeError(`more than ${order.size} bytes`);
    memory.set(piece, at);
    at += piece.length;
  }
  if (at !== order.size) throw new RangeError(`${at} bytes instead of ${order.size}`);
  content = order;
  name = nameOf(order, memory.subarray(0, at));
  return name;
}

function nameOf({ kind, shapeHash, rows }: NameOrder | CheckOrder, bytes: Buffer): string {
  const namer = new ObjectNamer(nameKey, kind, Buffer.from(shapeHash));
  namer.update(bytes);
  return namer.name(rows);
}

/** @returns the object, in memory of its own; null when it could not be opened again as what it was. */
function seal(selfCheck: boolean): Buffer | null {
  if (content === null) throw new Error('nothing to seal');
  const { kind, size } = content;
  const packed = zstdCompressSync(memory.subarray(0, size), { ...compression(size), chunkSize: packedSize });
  const prefix = prefixOf(kind);
  const sealer = recipient && new AgeSealer(recipient);
  const sealed = joinAndFree(sealer ? [sealer.update(prefix), sealer.update(packed), sealer.finish()] : [prefix, packed]);
  freeMemory(packed);
  if (selfCheck && !isSound(sealed, sealer?.fileKey ?? null, content)) return null;
  return sealed;
}

/** Opens what is about to be stored. It must have the name that the content had before it was compressed. */
function isSound(sealed: Buffer, fileKey: Buffer | null, order: NameOrder): boolean {
  try {
    const plain = unpack(sealed, fileKey && { fileKey }, order.kind);
    const sound = nameOf(order, plain) === name;
    freeMemory(plain);
    return sound;
  } catch {
    return false;
  }
}

/** @returns length of the plain bytes. @throws when they are not what the name stands for */
function check(order: CheckOrder): number {
  const stored = Buffer.from(order.stored.buffer, order.stored.byteOffset, order.stored.byteLength);
  const plain = unpack(stored, identity && { identity }, order.kind);
  const { length } = plain;
  const found = nameOf(order, plain);
  for (const each of [plain, stored]) freeMemory(each);
  if (found !== order.name) throw new Error('its content is not the one that its name stands for');
  return length;
}

/** Object → plain bytes, in a piece of memory of `plainSize`. */
function unpack(stored: Buffer, opening: Opening, kind: ObjectKind): Buffer {
  const opener = opening && new AgeOpener(opening);
  const opened = opener ? joinAndFree([opener.update(stored), opener.finish()]) : stored;
  if (!opened.subarray(0, prefixLength).equals(prefixOf(kind))) throw new Error(`it is not of kind ${kind}`);
  const packed = opened.subarray(prefixLength);
  const { buffer, engine } = zstdDecompressSync(packed, {
    info: true,
    chunkSize: plainSize,
    maxOutputLength: plainSize,
    params: { [constants.ZSTD_d_windowLogMax]: largestWindowLog },
  }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  if (engine.bytesWritten !== packed.length) throw new Error('something follows its end');
  if (opener) freeMemory(opened);
  return buffer;
}
