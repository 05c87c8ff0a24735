/** The thread of the press: `press.ts` says what it is for, `press-orders.ts` what is said between the two. */
import { parentPort, workerData } from 'node:worker_threads';
import { zstdCompressSync } from 'node:zlib';
import { AgeSealer } from './age-payload.ts';
import { freeMemory, joinAndFree } from './free-memory.ts';
import { parseIdentity, parseRecipient } from './key-agreement.ts';
import { compression, type Opening, prefixOf } from './object-format.ts';
import { ObjectNamer } from './object-name.ts';
import { largest, slotCount } from './press-limits.ts';
import type { CheckOrder, NameOrder, NameParts, Numbered, PressAnswer, PressKeys, PressOrder, SealOrder } from './press-orders.ts';
import type { ObjectKind } from './vault.ts';
import { openWhole } from './whole-object.ts';

const keys = workerData as PressKeys;
const nameKey = Buffer.from(keys.nameKey);
const recipient = keys.recipient === null ? null : parseRecipient(keys.recipient);
const identity = keys.identity === null ? null : parseIdentity(keys.identity);
/**
 * Pieces of the same size each time, what most need: what is freed fits the next one, and the C library, which keeps as
 * much as the largest piece that was ever freed, keeps little. What needs more gets more.
 */
const [packedSize, plainSize] = [2 * 1024 * 1024, 4 * 1024 * 1024 + 1024];

/** A content that was taken over: `bytes` lie in the slot's own memory, of which only what is used takes up room. */
interface Held extends NameParts {
  bytes: Buffer;
  name: string;
}
const memories: (Buffer | undefined)[] = Array(slotCount);
const held: (Held | null)[] = Array(slotCount).fill(null);

parentPort?.on('message', ({ number, message }: Numbered<PressOrder>) => {
  const say = (answer: PressAnswer, transfer: ArrayBuffer[] = []) =>
    parentPort?.postMessage({ number, message: answer } satisfies Numbered<PressAnswer>, transfer);
  try {
    if (message.order === 'name') say({ name: message.slot === null ? nameOf(message, message.pieces) : take(message, message.slot) });
    else if (message.order === 'check') say({ checked: check(message) });
    else {
      const sealed = seal(message);
      say({ sealed }, sealed === null ? [] : [sealed.buffer as ArrayBuffer]);
    }
  } catch (error) {
    say({ failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
});

/** Takes over a content, so that the memory where it lay can be used for other rows. @returns its keyed name */
function take(order: NameOrder, slot: number): string {
  held[slot] = null;
  if (order.size > largest) throw new RangeError(`${order.size} bytes are too many`);
  memories[slot] ??= Buffer.allocUnsafeSlow(largest);
  const bytes = memories[slot].subarray(0, order.size);
  let at = 0;
  for (const piece of order.pieces) {
    if (at + piece.length > order.size) throw new RangeError(`more than ${order.size} bytes`);
    bytes.set(piece, at);
    at += piece.length;
  }
  if (at !== order.size) throw new RangeError(`${at} bytes instead of ${order.size}`);
  const { kind, shapeHash, rows } = order;
  const name = nameOf(order, [bytes]);
  held[slot] = { kind, shapeHash, rows, bytes, name };
  return name;
}

function nameOf({ kind, shapeHash, rows }: NameParts, pieces: readonly Uint8Array[]): string {
  const namer = new ObjectNamer(nameKey, kind, Buffer.from(shapeHash));
  for (const piece of pieces) namer.update(piece);
  return namer.name(rows);
}

/** @returns the object, in memory of its own; null when it could not be opened again as what it was. */
function seal({ slot, selfCheck }: SealOrder): Buffer | null {
  const content = held[slot];
  if (!content) throw new Error('nothing to seal');
  held[slot] = null;
  const { kind, bytes } = content;
  const packed = zstdCompressSync(bytes, { ...compression(bytes.length), chunkSize: Math.max(packedSize, bytes.length >> 1) });
  const prefix = prefixOf(kind);
  const sealer = recipient && new AgeSealer(recipient);
  const sealed = joinAndFree(sealer ? [sealer.update(prefix), sealer.update(packed), sealer.finish()] : [prefix, packed]);
  freeMemory(packed);
  if (selfCheck && !isSound(sealed, sealer?.fileKey ?? null, content)) return null;
  return sealed;
}

/** Opens what is about to be stored. It must have the name that the content had before it was compressed. */
function isSound(sealed: Buffer, fileKey: Buffer | null, content: Held): boolean {
  try {
    const plain = unpack(sealed, fileKey && { fileKey }, content.kind);
    const sound = nameOf(content, [plain]) === content.name;
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
  const found = nameOf(order, [plain]);
  for (const each of [plain, stored]) freeMemory(each);
  if (found !== order.name) throw new Error('its content is not the one that its name stands for');
  return length;
}

/** Object → plain bytes, in a piece of memory of `plainSize` or more. */
function unpack(stored: Buffer, opening: Opening, kind: ObjectKind): Buffer {
  const plain = openWhole(stored, kind, opening, largest, plainSize);
  if (plain === null) throw new Error('it is too large to be opened in one piece');
  return plain;
}
