/** Hash, zstd and cipher calls cost a fixed part each: below this many bytes a call they cost more than the work. */
export const efficientChunk = 256 * 1024;

/** Joins small chunks to at least `size` bytes; larger ones pass as they are. Holds less than `size` + one chunk. */
export async function* joinChunks(source: AsyncIterable<Buffer> | Iterable<Buffer>, size = efficientChunk): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    if (chunk.length === 0) continue;
    held.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    yield held.length === 1 ? chunk : Buffer.concat(held, length);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held, length);
}

/** Collects everything. @throws RangeError once more than `limit` bytes have come (nothing larger is ever held) */
export async function collect(source: AsyncIterable<Buffer> | Iterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit) throw new RangeError(`more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
