/** Where a run of rows ends. Flags: a run may end before a row, after it, or both (the row stands alone). */
export const cutBefore = 1;
export const cutAfter = 2;

/** Decides about each row of one table in turn. `key` is only valid during the call. */
export interface RowCut {
  next(key: Uint8Array, keyLength: number, rowBytes: number): number;
}

/**
 * Cuts by content: whether a run ends behind a row depends on that row's key and size (and on the run's length only
 * at the edges), so the same rows are cut alike in every backup, and an insert moves only its neighbours.
 *
 * A row ends its run with probability rowBytes / (target − minimum) once the minimum is reached, so that runs are
 * `target` long on average. A run never grows beyond `maximum`; a row that alone is longer stands alone.
 */
export class Cut implements RowCut {
  readonly #minimum: number;
  readonly #maximum: number;
  /** 2³² ÷ the mean number of bytes between boundaries. */
  readonly #density: number;
  readonly #seedLow: number;
  readonly #seedHigh: number;
  readonly #multiplier: number;
  #bytes = 0;

  /** @param seed 32 secret bytes: who does not know them cannot choose keys that cut badly, nor guess keys from sizes. */
  constructor({ minimum, target, maximum }: { minimum: number; target: number; maximum: number }, seed: Uint8Array) {
    if (!(minimum >= 0 && minimum < target && target <= maximum)) throw new RangeError('cuts need minimum < target ≤ maximum');
    if (seed.length < 16) throw new RangeError('the seed of cuts has 16 bytes at least');
    this.#minimum = minimum;
    this.#maximum = maximum;
    this.#density = 2 ** 32 / (target - minimum);
    const words = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
    this.#seedLow = words.getInt32(0);
    this.#seedHigh = words.getInt32(4);
    this.#multiplier = words.getInt32(8) | 1;
  }

  next(key: Uint8Array, keyLength: number, rowBytes: number): number {
    if (rowBytes >= this.#maximum) {
      const alone = this.#bytes > 0 ? cutBefore | cutAfter : cutAfter;
      this.#bytes = 0;
      return alone;
    }
    let cut = 0;
    if (this.#bytes + rowBytes > this.#maximum) {
      cut = cutBefore;
      this.#bytes = 0;
    }
    this.#bytes += rowBytes;
    if (this.#bytes >= this.#minimum && this.#hash(key, keyLength) < rowBytes * this.#density) {
      cut |= cutAfter;
      this.#bytes = 0;
    }
    return cut;
  }

  /** A seeded 32-bit hash with 64 bits of state: two lanes of multiply and xor, mixed at the end (as in MurmurHash3). */
  #hash(key: Uint8Array, length: number): number {
    let low = this.#seedLow ^ length;
    let high = this.#seedHigh;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      const word = (key[at]! << 24) | (key[at + 1]! << 16) | (key[at + 2]! << 8) | key[at + 3]!;
      low = Math.imul(low ^ word, 0x9e3779b1);
      low ^= low >>> 15;
      high = Math.imul(high + word, this.#multiplier) ^ low;
    }
    for (; at < length; at++) {
      low = Math.imul(low ^ key[at]!, 0x9e3779b1);
      low ^= low >>> 15;
      high = Math.imul(high + key[at]!, this.#multiplier) ^ low;
    }
    let mixed = low ^ Math.imul(high ^ (high >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }
}
