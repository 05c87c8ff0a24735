import { LifeboatError } from '../report/errors.ts';

const nothing = Buffer.alloc(0);

/**
 * Takes rows apart, field by field, for comparisons and transformations: one row at a time, each field its bytes in
 * COPY's binary format or null. Fields are slices of the chunks unless they cross two. A whole run is expected, so a
 * row that ends early is `rows-malformed`.
 */
export function* decodeRows(chunks: Iterable<Buffer>, fields: number): Generator<(Buffer | null)[]> {
  const reader = new ChunkReader(chunks);
  while (!reader.atEnd()) {
    const count = reader.take(2).readUInt16BE();
    if (count !== fields) throw new LifeboatError('rows-malformed', { reason: `${count} fields instead of ${fields}` });
    const row = new Array<Buffer | null>(count);
    for (let field = 0; field < count; field++) {
      const length = reader.take(4).readInt32BE();
      if (length < -1) throw new LifeboatError('rows-malformed', { reason: `a field of ${length} bytes` });
      row[field] = length === -1 ? null : reader.take(length);
    }
    yield row;
  }
}

/** The opposite of decodeRows for one row. */
export function encodeRow(fields: readonly (Buffer | null)[]): Buffer {
  const row = Buffer.allocUnsafe(fields.reduce((sum, field) => sum + 4 + (field?.length ?? 0), 2));
  let at = row.writeUInt16BE(fields.length);
  for (const field of fields) {
    at = row.writeInt32BE(field?.length ?? -1, at);
    if (field !== null) at += field.copy(row, at);
  }
  return row;
}

class ChunkReader {
  readonly #chunks: Iterator<Buffer>;
  #chunk: Buffer = nothing;
  #at = 0;

  constructor(chunks: Iterable<Buffer>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  /** Whether no byte is left; goes to the next chunk when this one is read. */
  atEnd(): boolean {
    while (this.#at === this.#chunk.length) {
      const next = this.#chunks.next();
      if (next.done === true) return true;
      this.#chunk = next.value;
      this.#at = 0;
    }
    return false;
  }

  take(bytes: number): Buffer {
    const from = this.#at;
    if (this.#chunk.length - from >= bytes) {
      this.#at += bytes;
      return this.#chunk.subarray(from, this.#at);
    }
    // Bounded by what is there, not by what a length field claims.
    const parts: Buffer[] = [];
    for (let left = bytes; left > 0; ) {
      if (this.atEnd()) throw new LifeboatError('rows-malformed', { reason: 'the stream ends within a row' });
      const part = this.#chunk.subarray(this.#at, this.#at + left);
      this.#at += part.length;
      left -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts, bytes);
  }
}
