/** A power of two: few enough to be held, enough that one differing row leads to one row of a few thousand. */
export const bucketCount = 4096;

const words = 8;

/**
 * A multiset of rows as numbers: per bucket how many rows it holds, and the sum of their digests modulo 2^256. Order
 * plays no part, and how often a row is there does.
 *
 * Equal sums mean equal multisets as long as digests are keyed with a secret that nobody knew when the rows were
 * written. Each different row then stands for a random number of 256 bits; what differs between two multisets is a
 * sum of such numbers, each times how much more often it is there (below 2^53), and it is zero with a probability
 * below 2^-200. Without a secret this would not hold: who can compute digests can search rows whose sum is zero.
 */
export class RowSums {
  readonly counts = new Float64Array(bucketCount);
  /** Per bucket 8 words, the highest first. */
  readonly #sums = new Uint32Array(bucketCount * words);
  rows = 0;

  /** @param digest 32 bytes, one per character */
  add(bucket: number, digest: string): void {
    const sums = this.#sums;
    let carry = 0;
    for (let word = words - 1; word >= 0; word--) {
      const at = word * 4;
      const high = (digest.charCodeAt(at) << 8) | digest.charCodeAt(at + 1);
      const low = (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3);
      const sum = sums[bucket * words + word]! + high * 0x10000 + low + carry;
      sums[bucket * words + word] = sum; // modulo 2^32
      carry = sum > 0xffffffff ? 1 : 0;
    }
    this.counts[bucket]!++;
    this.rows++;
  }

  /** Whether a bucket holds the same rows as another's. */
  sameIn(bucket: number, other: RowSums): boolean {
    if (this.counts[bucket] !== other.counts[bucket]) return false;
    for (let at = bucket * words; at < (bucket + 1) * words; at++) if (this.#sums[at] !== other.#sums[at]) return false;
    return true;
  }

  /** The sum of a bucket's digests, 64 hex digits. */
  sumOf(bucket: number): string {
    return [...this.#sums.subarray(bucket * words, (bucket + 1) * words)].map((word) => word.toString(16).padStart(8, '0')).join('');
  }
}

/** The buckets in which two multisets are not the same. */
export function differingBuckets(one: RowSums, other: RowSums): number[] {
  return Array.from({ length: bucketCount }, (_, bucket) => bucket).filter((bucket) => !one.sameIn(bucket, other));
}

/**
 * Those of the differing buckets whose rows can be held, the smallest first: whole buckets on both sides, so that what
 * is found in them is exact.
 */
export function bucketsWithin(limit: number, differing: readonly number[], one: RowSums, other: RowSums): Set<number> {
  const size = (bucket: number) => Math.max(one.counts[bucket]!, other.counts[bucket]!);
  const chosen = new Set<number>();
  let rows = 0;
  for (const bucket of differing.toSorted((a, b) => size(a) - size(b))) {
    rows += size(bucket);
    if (rows > limit) break;
    chosen.add(bucket);
  }
  return chosen;
}
