import type { KeyObject } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress, type ZstdCompress, type ZstdDecompress, type ZstdOptions } from 'node:zlib';
import { LifeboatError } from '../report/errors.ts';
import { AgeOpener, AgeSealer } from './age-payload.ts';
import { efficientChunk, joinChunks } from './join-chunks.ts';
import type { ObjectKind } from './vault.ts';

/** What a stored object can hold; manifests and records are objects in form, though they lie under snapshots/, proofs/ and undo/. */
export type StoredKind = ObjectKind | 'manifest' | 'record';

const kindBytes: Record<StoredKind, number> = {
  segment: 1,
  bundle: 2,
  index: 3,
  tables: 4,
  schema: 5,
  census: 6,
  attachment: 7,
  manifest: 16,
  record: 17,
};
const version = 1;
const tag = 'LBOAT';
/** Magic of a zstd skippable frame, its length (7), tag, kind, version. `zstd -d` passes over it; Node's does not. */
export const prefixLength = 15;
/** 16 MiB: no frame of ours needs more memory than that to be read, and a hostile one does not get it. */
export const largestWindowLog = 24;

/** Most plain bytes that an object may hold unless the caller knows better: 4 GiB. */
export const plainLimit = 4 * 1024 ** 3;

/** An object that is not what it should be: becomes object-damaged, manifest-damaged or record-damaged where the object's role is known. */
export class FormatFailure extends Error {}

/** How an object is closed: for the vault's recipient, or not at all in a vault made with --no-encryption. */
export type Sealing = { recipient: KeyObject } | null;
export type Opening = { identity: KeyObject } | { fileKey: Buffer } | null;

/** An encoding under way. `fileKey` opens just this one object again; null in an unsealed vault. */
export interface Encoding {
  fileKey: Buffer | null;
  chunks: AsyncGenerator<Buffer>;
}

/**
 * How an object is compressed: zstd's fastest level with more memory than it usually takes. Rows repeat what stood a
 * megabyte before (ids, prompts), and with a table of 2¹⁶ places that is found: a fifth smaller, at nearly the same speed.
 */
export function compression(size: number): ZstdOptions {
  return {
    pledgedSrcSize: size,
    params: {
      [constants.ZSTD_c_compressionLevel]: 1,
      [constants.ZSTD_c_checksumFlag]: 1,
      ...(size > 512 * 1024 && { [constants.ZSTD_c_windowLog]: 21, [constants.ZSTD_c_hashLog]: 16 }),
    },
  };
}

/** Plain bytes → object: age( skippable frame ‖ zstd frame ). `size` must be exact: it goes into the zstd frame. */
export function encodeObject(plain: AsyncIterable<Buffer> | Iterable<Buffer>, kind: StoredKind, size: number, sealing: Sealing): Encoding {
  const sealer = sealing && new AgeSealer(sealing.recipient);
  return { fileKey: sealer?.fileKey ?? null, chunks: encode(plain, kind, size, sealer) };
}

async function* encode(
  plain: AsyncIterable<Buffer> | Iterable<Buffer>,
  kind: StoredKind,
  size: number,
  sealer: AgeSealer | null,
): AsyncGenerator<Buffer> {
  const zstd = createZstdCompress({ ...compression(size), chunkSize: outputChunk(size) });
  const first = prefixOf(kind);
  yield sealer ? sealer.update(first) : first;
  for await (const chunk of joinChunks(through(joinChunks(plain), zstd))) yield sealer ? sealer.update(chunk) : chunk;
  if (sealer) yield sealer.finish();
}

/**
 * Object → plain bytes, streaming. `limit` bounds what comes out.
 * @throws FormatFailure | AgeFailure | zlib's errors for damage; LifeboatError format-newer
 */
export async function* decodeObject(
  stored: AsyncIterable<Buffer> | Iterable<Buffer>,
  kind: StoredKind,
  opening: Opening,
  limit: number = plainLimit,
): AsyncGenerator<Buffer> {
  const zstd = createZstdDecompress({ chunkSize: outputChunk(limit), params: { [constants.ZSTD_d_windowLogMax]: largestWindowLog } });
  let compressed = 0;
  let length = 0;
  const body = async function* () {
    for await (const chunk of withoutPrefix(opened(joinChunks(stored), opening), kind)) {
      compressed += chunk.length;
      yield chunk;
    }
  };
  for await (const chunk of through(body(), zstd)) {
    length += chunk.length;
    if (length > limit) throw new FormatFailure('it holds more than it may');
    yield chunk;
  }
  if (zstd.bytesWritten !== compressed) throw new FormatFailure('something follows its end');
}

async function* opened(stored: AsyncIterable<Buffer>, opening: Opening): AsyncGenerator<Buffer> {
  const opener = opening && new AgeOpener(opening);
  for await (const chunk of stored) {
    const plain = opener ? opener.update(chunk) : chunk;
    if (plain.length > 0) yield plain;
  }
  if (opener) yield opener.finish();
}

async function* withoutPrefix(chunks: AsyncIterable<Buffer>, kind: StoredKind): AsyncGenerator<Buffer> {
  let held: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (held === null) {
      yield chunk;
      continue;
    }
    held = Buffer.concat([held, chunk]);
    if (held.length < prefixLength) continue;
    checkPrefix(held.subarray(0, prefixLength), kind);
    yield held.subarray(prefixLength);
    held = null;
  }
  if (held !== null) throw new FormatFailure('it ends too early');
}

/** zlib allocates this much at once, also for an object of 100 bytes. */
const outputChunk = (plain: number): number => Math.min(efficientChunk, Math.max(1024, plain));

export function prefixOf(kind: StoredKind, formatVersion: number = version): Buffer {
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32LE(0x184d2a50, 0);
  prefix.writeUInt32LE(prefixLength - 8, 4);
  prefix.write(tag, 8, 'latin1');
  prefix.writeUInt8(kindBytes[kind], 13);
  prefix.writeUInt8(formatVersion, 14);
  return prefix;
}

/** Of an object's first `prefixLength` bytes. @throws FormatFailure; LifeboatError format-newer */
export function checkPrefix(found: Buffer, kind: StoredKind): void {
  const foundVersion = found.readUInt8(14);
  const expected = prefixOf(kind, foundVersion);
  if (!found.subarray(0, 13).equals(expected.subarray(0, 13))) throw new FormatFailure('it does not begin like an object of Lifeboat');
  if (foundVersion > version)
    throw new LifeboatError('format-newer', {
      what: `an object of kind ${kind}`,
      reason: `format ${foundVersion}, known up to ${version}`,
    });
  if (!found.equals(expected) || foundVersion === 0) throw new FormatFailure(`it is not of kind ${kind}`);
}

async function* through(source: AsyncIterable<Buffer>, transform: ZstdCompress | ZstdDecompress): AsyncGenerator<Buffer> {
  // A failure of the source destroys the transform with that very error, so it comes out of the loop below.
  const fed = pipeline(source, transform).catch(() => {});
  try {
    for await (const chunk of transform as AsyncIterable<Buffer>) yield chunk;
  } finally {
    transform.destroy();
    await fed;
  }
}
