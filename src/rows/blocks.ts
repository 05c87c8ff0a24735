/**
 * Joins small chunks into blocks of one size: COPY delivers 0.7–64 KB, and hashing, compressing and sealing cost per
 * call. A block is the consumer's only until it asks for the next one: its memory is used again, for what V8 would have
 * to collect it collects late.
 */
export async function* blocksOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, size = 1024 * 1024): AsyncGenerator<Buffer> {
  let block: Buffer | undefined;
  let filled = 0; // of the block
  for await (const chunk of chunks) {
    if (filled === 0 && chunk.length >= size / 2) {
      yield chunk; // large enough as it is
      continue;
    }
    for (let from = 0; from < chunk.length; ) {
      block ??= Buffer.allocUnsafeSlow(size);
      const copied: number = chunk.copy(block, filled, from);
      from += copied;
      filled += copied;
      if (filled < size) continue;
      yield block;
      filled = 0;
    }
  }
  if (block !== undefined && filled > 0) yield block.subarray(0, filled);
}
