/** The thread of the press: `press.ts` says what it is for, `press-orders.ts` what is said between the two. */
import { parentPort, workerData } from 'node:worker_threads';
import { zstdCompressSync } from 'node:zlib';
import { AgeSealer } from './age-payload.ts';
import { freeMemory, joinAndFree } from './free-memory.ts';
import { parseIdentity, parseRecipient } from './key-agreement.ts';
import { compression, prefixOf } from './object-format.ts';
import { largest, slotCount } from './press-limits.ts';
import type { CheckOrder, NameOrder, Numbered, PressAnswer, PressKeys, PressOrder, SealOrder } from './press-orders.ts';
import { nameOf, soundLength } from './sound-object.ts';
import type { ObjectKind } from './vault.ts';

const keys = workerData as PressKeys;
const nameKey = Buffer.from(keys.nameKey);
const recipient = keys.recipient === null ? null : parseRecipient(keys.recipient);
const identity = keys.identity === null ? null : parseIdentity(keys.identity);
/** Pieces of one size where that is enough, as in `sound-object.ts`. */
const packedSize = 2 * 1024 * 1024;

/** A content that was taken over: `bytes` lie in the slot's own memory, of which only what is used takes up room. */
interface Held {
  kind: ObjectKind;
  bytes: Buffer;
}
const memories: (Buffer | undefined)[] = Array(slotCount);
const held: (Held | null)[] = Array(slotCount).fill(null);

parentPort?.on('message', ({ number, message }: Numbered<PressOrder>) => {
  const say = (answer: PressAnswer, transfer: ArrayBuffer[] = []) =>
    parentPort?.postMessage({ number, message: answer } satisfies Numbered<PressAnswer>, transfer);
  try {
    if (message.order === 'name')
      say({ name: message.slot === null ? nameOf(nameKey, message, message.pieces) : take(message, message.slot) });
    else if (message.order === 'check') say({ checked: check(message) });
    else {
      const made = seal(message);
      say(made, [made.sealed.buffer as ArrayBuffer]);
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
  held[slot] = { kind: order.kind, bytes };
  return nameOf(nameKey, order, [bytes]);
}

/** @returns the object, in memory of its own, and what opens it */
function seal({ slot }: SealOrder): { sealed: Buffer; fileKey: Buffer | null } {
  const content = held[slot];
  if (!content) throw new Error('nothing to seal');
  held[slot] = null;
  const { kind, bytes } = content;
  const packed = zstdCompressSync(bytes, { ...compression(bytes.length), chunkSize: Math.max(packedSize, bytes.length >> 1) });
  const prefix = prefixOf(kind);
  const sealer = recipient && new AgeSealer(recipient);
  const sealed = joinAndFree(sealer ? [sealer.update(prefix), sealer.update(packed), sealer.finish()] : [prefix, packed]);
  freeMemory(packed);
  return { sealed, fileKey: sealer?.fileKey ?? null };
}

/** @returns length of the plain bytes. @throws when they are not what the name stands for */
function check(order: CheckOrder): number {
  const stored = Buffer.from(order.stored.buffer, order.stored.byteOffset, order.stored.byteLength);
  const length = soundLength(stored, identity && { identity }, nameKey, order);
  freeMemory(stored);
  if (length === null) throw new Error('its content is not the one that its name stands for');
  return length;
}
