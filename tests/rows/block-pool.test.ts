import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { BlockPool, pooledBlocksOf } from '../../src/rows/block-pool.ts';
import { Cut } from '../../src/rows/cuts.ts';
import { runsOf } from '../../src/rows/read-table.ts';
import { copyHeader, copyTrailer, TupleParser } from '../../src/rows/tuples.ts';
import { inPieces, randomRows, seededRandom } from './random-tuples.ts';

const sizes = { minimum: 2_000, target: 8_000, maximum: 16_000 };
const seed = createHash('sha256').update('a vault').digest();

describe('a pool of blocks', () => {
  test('gives memory again only when every run that lies in it was released', async () => {
    const rows = randomRows(5, 2500);
    const stream = Buffer.concat([copyHeader, ...rows, copyTrailer]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 300, max: 20_000 }), fc.integer({ min: 0, max: 4 }), async (blockSize, lag) => {
        const pool = new BlockPool(blockSize);
        const waiting: { bytes: Buffer; release: () => void }[] = [];
        const seen: Buffer[] = [];
        const take = () => {
          const first = waiting.shift();
          if (!first) return;
          seen.push(Buffer.from(first.bytes));
          first.release();
        };
        const pieces = inPieces(stream, seededRandom(blockSize), 3000);
        for await (const run of runsOf(pieces, new TupleParser(3, [0]), new Cut(sizes, seed), pool)) {
          // Read late: what was overwritten meanwhile would show.
          waiting.push({
            get bytes() {
              return Buffer.concat(run.chunks);
            },
            release: run.release,
          });
          if (waiting.length > lag) take();
        }
        while (waiting.length > 0) take();
        assert.deepEqual(Buffer.concat(seen), Buffer.concat(rows));
      }),
      { numRuns: 40 },
    );
  });

  test('uses few blocks for many rows when they are released', async () => {
    let made = 0;
    class CountingPool extends BlockPool {
      readonly #memories = new Set<Buffer>();
      override take() {
        const block = super.take();
        this.#memories.add(block.memory);
        made = this.#memories.size;
        return block;
      }
    }
    const rows = randomRows(6, 4000);
    const stream = [Buffer.concat([copyHeader, ...rows, copyTrailer])];
    for await (const run of runsOf(stream, new TupleParser(3, [0]), new Cut(sizes, seed), new CountingPool(4096))) run.release();
    assert.ok(made <= 12, `${made} blocks for ${Buffer.concat(rows).length} bytes`);
  });

  test('lets a stream fill its blocks, and copies what comes from elsewhere', async () => {
    async function* filling(take: () => Buffer) {
      const first = take();
      first.fill('a');
      yield first;
      yield Buffer.from('elsewhere');
      const second = take();
      second.fill('b', 0, 3);
      yield second.subarray(0, 3);
    }
    const got: string[] = [];
    for await (const block of pooledBlocksOf(filling, new BlockPool(8))) got.push(block.bytes.toString());
    assert.deepEqual(got.join('').replaceAll(/[^a-z]/g, '').length, 8 + 'elsewhere'.length + 3);
  });
});
