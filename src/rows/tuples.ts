import { LifeboatError } from '../report/errors.ts';

/** What COPY … (FORMAT binary) puts before and after the rows. */
export const copyHeader = Buffer.from('5047434f50590aff0d0a00' + '00000000' + '00000000', 'hex');
export const copyTrailer = Buffer.from('ffff', 'hex');

/** Bytes of a row's key that are kept: enough to tell rows apart, bounded whatever the row holds. */
export const keyLimit = 1024;

const noBytes = Buffer.alloc(0);
const malformed = (reason: string): LifeboatError => new LifeboatError('rows-malformed', { reason });

/**
 * Finds the rows in binary COPY output, chunk by chunk. It copies nothing but keys: positions refer to the chunk that
 * was fed last. A row that lies whole in a chunk takes the fast path, without an allocation; one that crosses chunks
 * goes through a state machine that can stop at any byte. So a chunk should be much larger than a row usually is.
 *
 *     parser.feed(chunk);
 *     while (parser.next()) … parser.at, parser.rowBytes, parser.key
 */
export class TupleParser {
  /** Position in the chunk: behind the row after `next()` said true, else at the chunk's (or the rows') end. */
  at = 0;
  /** Whole length of the row that `next()` found, also of what lay in earlier chunks. */
  rowBytes = 0;
  /** Whether the trailer was seen. */
  finished = false;
  /** The row's key (each key field: int32 length ‖ bytes), cut off at `keyLimit`; valid until the next but one row. */
  key: Buffer = Buffer.allocUnsafeSlow(keyLimit);
  keyLength = 0;
  previousKey: Buffer = Buffer.allocUnsafeSlow(keyLimit);
  previousKeyLength = 0;

  readonly #fields: number;
  readonly #isKey: Uint8Array;
  readonly #framed: boolean;
  #chunk: Buffer = noBytes;
  /** What of header, extension area or trailer is still expected. */
  #preamble: 'header' | 'rows';
  #headerSeen = 0;
  #extension = 0;
  /** The row that crosses chunks: −1 = none; else the field that is being read. */
  #field = -1;
  #left = 0;
  #word = 0;
  #wordBytes = 0;

  /**
   * @param fields number of columns in each row
   * @param key indexes of the key columns; empty = all columns
   * @param framed whether header and trailer surround the rows; segments hold bare rows
   */
  constructor(fields: number, key: readonly number[], framed = true) {
    this.#fields = fields;
    this.#isKey = new Uint8Array(fields).fill(key.length === 0 ? 1 : 0);
    for (const index of key) this.#isKey[index] = 1;
    this.#framed = framed;
    this.#preamble = framed ? 'header' : 'rows';
  }

  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.at = 0;
    if (this.#preamble === 'header') this.#readHeader();
    if (this.finished && this.at < chunk.length) throw malformed('bytes after the end');
  }

  /** Goes to the end of the next row. False: feed the next chunk (or `finished`). */
  next(): boolean {
    if (this.finished || this.#preamble === 'header') return false;
    if (this.#field !== -1) return this.#resume();

    const chunk = this.#chunk;
    const end = chunk.length;
    const start = this.at;
    if (start === end) return false;
    let at = start + 2;
    if (at > end) return this.#begin();
    const count = (chunk[start]! << 8) | chunk[start + 1]!;
    if (count !== this.#fields) return this.#begin();
    this.#swapKeys();
    this.keyLength = 0;
    const isKey = this.#isKey;
    for (let field = 0; field < count; field++) {
      const value = at + 4;
      if (value > end) return this.#beginAgain();
      const length = (chunk[at]! << 24) | (chunk[at + 1]! << 16) | (chunk[at + 2]! << 8) | chunk[at + 3]!;
      if (length < -1) throw malformed(`a field of ${length} bytes`);
      const after = length === -1 ? value : value + length;
      if (after > end) return this.#beginAgain();
      if (isKey[field] === 1) this.#keep(at, after);
      at = after;
    }
    this.at = at;
    this.rowBytes = at - start;
    return true;
  }

  /** To be called when the stream is at its end. @throws LifeboatError rows-malformed if it ended within a row. */
  end(): void {
    if (this.#field !== -1) throw malformed('the stream ends within a row');
    if (this.#framed && !this.finished) throw malformed('the stream ends without its trailer');
  }

  #swapKeys(): void {
    [this.key, this.previousKey] = [this.previousKey, this.key];
    [this.keyLength, this.previousKeyLength] = [this.previousKeyLength, this.keyLength];
  }

  /** Adds bytes of the chunk to the key. Keys are short: a loop beats a call of copy(). */
  #keep(from: number, to: number): void {
    const { key } = this;
    const chunk = this.#chunk;
    let length = this.keyLength;
    if (to - from > keyLimit - length) to = from + keyLimit - length;
    if (to - from > 200) length += chunk.copy(key, length, from, to);
    else for (let at = from; at < to; at++) key[length++] = chunk[at]!;
    this.keyLength = length;
  }

  #beginAgain(): boolean {
    this.#swapKeys();
    return this.#begin();
  }

  /** Begins the row (or trailer) at `at`, ready to stop at any byte. */
  #begin(): boolean {
    this.rowBytes = 0;
    this.#field = 0;
    this.#left = -1; // the field count comes first
    return this.#resume();
  }

  #resume(): boolean {
    const end = this.#chunk.length;
    const from = this.at;
    let whole = false;
    while (!whole) {
      if (this.#left === -1) {
        if (!this.#readWord(2)) break;
        const count = this.#word;
        if (count === 0xffff && this.#framed) {
          this.#field = -1;
          this.finished = true;
          if (this.at < end) throw malformed('bytes after the end');
          return false;
        }
        if (count !== this.#fields) throw malformed(`${count} fields instead of ${this.#fields}`);
        this.#left = 0;
        this.#swapKeys();
        this.keyLength = 0;
      } else if (this.#left === 0 && this.#field === this.#fields) {
        whole = true;
      } else if (this.#left === 0) {
        if (!this.#readWord(4)) break;
        const length = this.#word | 0;
        if (length < -1) throw malformed(`a field of ${length} bytes`);
        this.#left = Math.max(length, 0);
        if (this.#isKey[this.#field] === 1) this.#keepWord(length);
        if (this.#left === 0) this.#field++;
      } else {
        const taken = Math.min(this.#left, end - this.at);
        if (taken === 0) break;
        if (this.#isKey[this.#field] === 1) this.#keep(this.at, this.at + taken);
        this.at += taken;
        this.#left -= taken;
        if (this.#left === 0) this.#field++;
      }
    }
    this.rowBytes += this.at - from;
    if (whole) this.#field = -1;
    return whole;
  }

  #keepWord(word: number): void {
    for (let shift = 24; shift >= 0 && this.keyLength < keyLimit; shift -= 8) this.key[this.keyLength++] = word >>> shift;
  }

  /** Collects a big-endian word that may lie in two chunks. */
  #readWord(bytes: number): boolean {
    while (this.#wordBytes < bytes) {
      if (this.at === this.#chunk.length) return false;
      this.#word = ((this.#wordBytes === 0 ? 0 : this.#word) << 8) | this.#chunk[this.at++]!;
      this.#wordBytes++;
    }
    this.#wordBytes = 0;
    return true;
  }

  #readHeader(): void {
    const chunk = this.#chunk;
    while (this.#headerSeen < copyHeader.length && this.at < chunk.length) {
      const byte = chunk[this.at++]!;
      if (this.#headerSeen < 15 && byte !== copyHeader[this.#headerSeen]) throw malformed('no COPY header');
      if (this.#headerSeen >= 15) this.#extension = this.#extension * 256 + byte;
      this.#headerSeen++;
    }
    if (this.#headerSeen < copyHeader.length) return;
    const skipped = Math.min(this.#extension, chunk.length - this.at);
    this.at += skipped;
    this.#extension -= skipped;
    if (this.#extension === 0) this.#preamble = 'rows';
  }
}
