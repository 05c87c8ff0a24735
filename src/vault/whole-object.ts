import { constants, zstdDecompressSync } from 'node:zlib';
import { AgeOpener } from './age-payload.ts';
import { freeMemory, joinAndFree } from './free-memory.ts';
import { checkPrefix, FormatFailure, largestWindowLog, type Opening, prefixLength, type StoredKind } from './object-format.ts';

const magic = 0xfd2fb528;
/** zlib begins another buffer once one is full to the brim. */
const slack = 1024;

/**
 * Object → plain bytes in one piece of memory, with single calls: three times as fast as `decodeObject`, and nothing but
 * the result is left behind. `stored` stays the caller's.
 * @param most plain bytes that may come out
 * @param piece bytes of memory that the result lies in, if more than it needs: pieces of one size fit where one was freed
 * @returns null where the object says itself that it holds more than `most`, or does not say how much: to be streamed
 * @throws FormatFailure | AgeFailure | zlib's errors for damage; LifeboatError format-newer
 */
export function openWhole(stored: Buffer, kind: StoredKind, opening: Opening, most: number, piece = 0): Buffer | null {
  const opener = opening && new AgeOpener(opening);
  const opened = opener ? joinAndFree([opener.update(stored), opener.finish()]) : stored;
  try {
    if (opened.length < prefixLength) throw new FormatFailure('it ends too early');
    checkPrefix(opened.subarray(0, prefixLength), kind);
    const packed = opened.subarray(prefixLength);
    const size = contentSize(packed);
    return size === null || size > most ? null : decompress(packed, size, Math.max(piece, size + slack));
  } finally {
    if (opener) freeMemory(opened);
  }
}

function decompress(packed: Buffer, size: number, piece: number): Buffer {
  const { buffer, engine } = zstdDecompressSync(packed, {
    info: true,
    chunkSize: piece,
    maxOutputLength: piece,
    params: { [constants.ZSTD_d_windowLogMax]: largestWindowLog },
  }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  if (engine.bytesWritten !== packed.length) throw new FormatFailure('something follows its end');
  if (buffer.length !== size) throw new FormatFailure(`it holds ${buffer.length} bytes where it says ${size}`);
  return buffer;
}

/** Plain bytes as the head of a zstd frame tells them (RFC 8878, 3.1.1.1); null where it does not. */
function contentSize(frame: Buffer): number | null {
  if (frame.length < 14 || frame.readUInt32LE(0) !== magic) return null;
  const descriptor = frame.readUInt8(4);
  const single = (descriptor & 0x20) !== 0;
  const dictionaryId = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (single ? 0 : 1) + dictionaryId;
  switch (descriptor >> 6) {
    case 0:
      return single ? frame.readUInt8(at) : null;
    case 1:
      return frame.readUInt16LE(at) + 256;
    case 2:
      return frame.readUInt32LE(at);
    default:
      return at + 8 <= frame.length ? Number(frame.readBigUInt64LE(at)) : null;
  }
}
