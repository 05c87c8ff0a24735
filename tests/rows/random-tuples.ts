import { encodeRow } from '../../src/rows/decode-rows.ts';

/** Numbers that are the same in every run of a test: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A row as Letta has many: an id, some text, a NULL. */
export function randomRow(random: () => number, id: string): Buffer {
  return encodeRow([Buffer.from(id), Buffer.alloc(Math.floor(random() * 400), id), null]);
}

export function randomRows(seed: number, count: number): Buffer[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    randomRow(
      random,
      `message-${Math.floor(random() * 2 ** 48)
        .toString(16)
        .padStart(12, '0')}`,
    ),
  );
}

/** The same bytes in pieces of other sizes, ≥ 1 byte each. */
export function* inPieces(bytes: Buffer, random: () => number, largest: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() * largest);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
