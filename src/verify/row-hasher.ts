import { createHash, type Hash, hash } from 'node:crypto';
import { type FieldScanner, lengthWord, type Scanned } from '../rows/field-scanner.ts';
import { headLimit, RowHeads } from '../rows/row-heads.ts';
import { bucketCount } from './row-sums.ts';

const nothing = Buffer.alloc(0);
const secretBytes = 32;
/** Rows up to this size are hashed in one call, which is three times as fast as three calls. */
const oneCall = 64 * 1024;
/** Rows up to this size are hashed without a new view of the scratch: a view per row costs more than its digest. */
const viewLimit = 8 * 1024;

/**
 * Gives each row of a scanner a keyed digest, SHA-256(secret ‖ tuple), and a bucket: by its key columns, so that both
 * versions of a changed row are in the same one, or by the digest where there is no key. Holds no row.
 */
export class RowHasher {
  /** Of the row that `take` completed: 32 bytes, one per character. */
  digest = '';
  bucket = 0;
  bytes = 0;

  readonly #fields: number;
  readonly #key: readonly number[];
  readonly #scratch: Buffer = Buffer.allocUnsafeSlow(secretBytes + oneCall);
  readonly #views: (Buffer | undefined)[] = [];
  readonly #secret: Buffer;
  readonly #seed: number;
  readonly #digests: boolean;
  readonly #heads: RowHeads;
  #crossing: Hash | null = null;

  /**
   * @param key indexes of the key fields; may be empty
   * @param secret 32 random bytes
   * @param digests false: only buckets are wanted, and the digest is left out where they do not come from it
   */
  constructor(fields: number, key: readonly number[], secret: Buffer, digests = true) {
    if (secret.length !== secretBytes) throw new RangeError(`the secret has ${secretBytes} bytes`);
    this.#fields = fields;
    this.#key = key;
    this.#secret = secret;
    this.#seed = secret.readInt32BE(0);
    this.#digests = digests || key.length === 0;
    secret.copy(this.#scratch);
    this.#heads = new RowHeads(fields, key);
  }

  /** Takes what the scanner met. @returns whether that completed a row */
  take(found: Scanned, scanner: FieldScanner): boolean {
    if (found === 'row') {
      this.#whole(scanner);
      return true;
    }
    if (found === 'begin') {
      const count = Buffer.alloc(2);
      count.writeUInt16BE(this.#fields);
      this.#crossing = this.#digests ? createHash('sha256').update(this.#secret).update(count) : null;
      this.bytes = 2;
    } else if (found === 'part') {
      const { starts, length, chunk, from, to } = scanner;
      if (starts) this.#crossing?.update(lengthWord(length));
      this.#crossing?.update(chunk.subarray(from, to));
      this.bytes += to - from + (starts ? 4 : 0);
      this.#heads.add(scanner);
    } else if (found === 'end') {
      this.digest = this.#crossing?.digest('binary') ?? '';
      let mixed = this.#seed;
      for (const field of this.#key) {
        const head = this.#heads.valueAt(field) ?? nothing;
        mixed = mix(mix(mixed, lengthWord(this.#heads.lengthAt(field)), 0, 4), head, 0, head.length);
      }
      this.#choose(mixed);
      return true;
    }
    return false;
  }

  #whole({ chunk, offsets }: FieldScanner): void {
    const from = offsets[0]! - 2;
    const to = offsets[this.#fields]!;
    this.bytes = to - from;
    if (!this.#digests) this.digest = '';
    else if (this.bytes <= oneCall) {
      chunk.copy(this.#scratch, secretBytes, from, to);
      this.digest = hash('sha256', this.#view(secretBytes + this.bytes), 'binary');
    } else {
      this.digest = createHash('sha256').update(this.#secret).update(chunk.subarray(from, to)).digest('binary');
    }
    let mixed = this.#seed;
    for (const field of this.#key) {
      const at = offsets[field]!;
      mixed = mix(mixed, chunk, at, Math.min(at + 4 + headLimit, offsets[field + 1]!));
    }
    this.#choose(mixed);
  }

  #view(bytes: number): Buffer {
    if (bytes > viewLimit) return this.#scratch.subarray(0, bytes);
    this.#views[bytes] ??= this.#scratch.subarray(0, bytes);
    return this.#views[bytes];
  }

  #choose(mixed: number): void {
    const bits = this.#key.length > 0 ? mixed ^ (mixed >>> 15) : (this.digest.charCodeAt(0) << 8) | this.digest.charCodeAt(1);
    this.bucket = (bits >>> 0) % bucketCount;
  }
}

/** FNV-1a: which bucket a key falls into decides only how many rows are looked at again, never what is equal. */
function mix(state: number, bytes: Buffer, from: number, to: number): number {
  let mixed = state;
  for (let at = from; at < to; at++) mixed = Math.imul(mixed ^ bytes[at]!, 0x01000193);
  return mixed;
}
