/**
 * Loaded with `--import` into a process and its threads: in the threads a bit is flipped where zstd compresses, as memory
 * or a processor do it. `LIFEBOAT_TEST_FLIP` says on which side.
 */
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import zlib from 'node:zlib';

const side = process.env.LIFEBOAT_TEST_FLIP;
const compress = zlib.zstdCompressSync;

function flipped(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  const at = other.length >> 1;
  other[at] = (other[at] ?? 0) ^ 4;
  return other;
}

if (!isMainThread && side !== undefined) {
  zlib.zstdCompressSync = ((bytes: Buffer, options: zlib.ZstdOptions) =>
    side === 'before' ? compress(flipped(bytes), options) : flipped(compress(bytes, options))) as typeof compress;
  syncBuiltinESMExports();
}
