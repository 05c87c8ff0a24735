import { LifeboatError } from '../report/errors.ts';

/**
 * What `next()` met: a whole row; or, of a row that crosses chunks, its begin, each part of a field's value, its end;
 * `more`: the chunk is read to its end.
 */
export type Scanned = 'row' | 'begin' | 'part' | 'end' | 'more';

/**
 * Takes bare tuples apart, field by field, without copying and without holding anything: a field of 1 GB passes in
 * parts. Positions refer to the chunk that was fed last. A row that lies whole in a chunk costs one pass over its length words.
 *
 *     scanner.feed(chunk);
 *     for (let found = scanner.next(); found !== 'more'; found = scanner.next()) …
 *     scanner.end();
 *
 * @throws LifeboatError rows-malformed, from next() and end()
 */
export class FieldScanner {
  chunk: Buffer = Buffer.alloc(0);
  /** After `row`: field i with its length word lies at offsets[i] … offsets[i + 1]; the row begins 2 bytes before the first. */
  readonly offsets: Float64Array;
  /** After `part`: the field, its whole length (−1 = NULL), where in the chunk this part of its value lies, and whether it is the first or the last one. */
  field = 0;
  length = 0;
  from = 0;
  to = 0;
  starts = false;
  ends = false;

  readonly #fields: number;
  #at = 0;
  #state: 'between' | 'length' | 'value' = 'between';
  #next = 0;
  #left = 0;
  #word = 0;
  #wordBytes = 0;

  /** @param fields number of fields in each row */
  constructor(fields: number) {
    this.#fields = fields;
    this.offsets = new Float64Array(fields + 1);
  }

  feed(chunk: Buffer): void {
    this.chunk = chunk;
    this.#at = 0;
  }

  next(): Scanned {
    if (this.#state === 'between') {
      if (this.#wordBytes === 0) {
        if (this.#at === this.chunk.length) return 'more';
        if (this.#whole()) return 'row';
      }
      if (!this.#readWord(2)) return 'more';
      if (this.#word !== this.#fields) throw malformed(`${this.#word} fields instead of ${this.#fields}`);
      this.#next = 0;
      this.#state = 'length';
      return 'begin';
    }
    if (this.#state === 'length') {
      if (this.#next === this.#fields) {
        this.#state = 'between';
        return 'end';
      }
      if (!this.#readWord(4)) return 'more';
      this.length = this.#word | 0;
      if (this.length < -1) throw malformed(`a field of ${this.length} bytes`);
      this.#left = Math.max(this.length, 0);
      this.field = this.#next++;
      this.starts = true;
      this.#state = 'value';
    } else {
      if (this.#at === this.chunk.length) return 'more';
      this.starts = false;
    }
    this.from = this.#at;
    this.to = this.#at = Math.min(this.#at + this.#left, this.chunk.length);
    this.#left -= this.to - this.from;
    this.ends = this.#left === 0;
    if (this.ends) this.#state = 'length';
    return 'part';
  }

  /** To be called when the stream is at its end. */
  end(): void {
    if (this.#state !== 'between' || this.#wordBytes > 0) throw malformed('the stream ends within a row');
  }

  /** Finds the offsets of the row that begins here. False, and nothing read, when the chunk ends before the row does. */
  #whole(): boolean {
    const { chunk, offsets } = this;
    const end = chunk.length;
    let at = this.#at + 2;
    if (at > end) return false;
    const count = (chunk[at - 2]! << 8) | chunk[at - 1]!;
    if (count !== this.#fields) return false; // said with the error that the slow way has
    for (let field = 0; field < count; field++) {
      offsets[field] = at;
      const value = at + 4;
      if (value > end) return false;
      const length = (chunk[at]! << 24) | (chunk[at + 1]! << 16) | (chunk[at + 2]! << 8) | chunk[at + 3]!;
      if (length < -1) throw malformed(`a field of ${length} bytes`);
      at = length === -1 ? value : value + length;
      if (at > end) return false;
    }
    offsets[count] = at;
    this.#at = at;
    return true;
  }

  /** Collects a big-endian word that may lie in two chunks. */
  #readWord(bytes: number): boolean {
    while (this.#wordBytes < bytes) {
      if (this.#at === this.chunk.length) return false;
      this.#word = ((this.#wordBytes === 0 ? 0 : this.#word) << 8) | this.chunk[this.#at++]!;
      this.#wordBytes++;
    }
    this.#wordBytes = 0;
    return true;
  }
}

/** A field's length (−1 = NULL) as it stands before the value. */
export function lengthWord(length: number): Buffer {
  const word = Buffer.allocUnsafe(4);
  word.writeInt32BE(length);
  return word;
}

function malformed(reason: string): LifeboatError {
  return new LifeboatError('rows-malformed', { reason });
}
