import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Cut } from '../../src/rows/cuts.ts';
import { encodeRow } from '../../src/rows/decode-rows.ts';
import { type RowRun, runsOf } from '../../src/rows/read-table.ts';
import { copyHeader, copyTrailer, TupleParser } from '../../src/rows/tuples.ts';
import { inPieces, randomRow, randomRows, seededRandom } from './random-tuples.ts';

const sizes = { minimum: 2_000, target: 8_000, maximum: 32_000 };
const seed = createHash('sha256').update('a vault').digest();

async function cut(rows: Buffer[], pieceSize = 65_536, by = seed): Promise<RowRun[]> {
  const pieces = inPieces(Buffer.concat([copyHeader, ...rows, copyTrailer]), seededRandom(pieceSize), pieceSize);
  return Array.fromAsync(runsOf(pieces, new TupleParser(3, [0]), new Cut(sizes, by)));
}

const digest = (run: RowRun): string => createHash('sha256').update(Buffer.concat(run.chunks)).digest('hex');

describe('cuts', () => {
  test('the same rows are cut alike whatever the chunks, and nothing is lost', async () => {
    const rows = randomRows(1, 3000);
    const expected = (await cut(rows)).map(digest);
    assert.ok(expected.length > 20);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), async (pieceSize) => {
        const runs = await cut(rows, pieceSize);
        assert.deepEqual(runs.map(digest), expected);
        assert.deepEqual(Buffer.concat(runs.flatMap((run) => run.chunks)), Buffer.concat(rows));
        assert.equal(
          runs.reduce((sum, run) => sum + run.rows, 0),
          rows.length,
        );
        for (const run of runs) assert.equal(Buffer.concat(run.chunks).length, run.bytes);
      }),
      { numRuns: 15 },
    );
  });

  test('runs keep their limits and their mean', async () => {
    const runs = await cut(randomRows(2, 40_000));
    for (const run of runs.slice(0, -1)) assert.ok(run.bytes >= sizes.minimum && run.bytes <= sizes.maximum, `${run.bytes}`);
    const mean = runs.reduce((sum, run) => sum + run.bytes, 0) / runs.length;
    assert.ok(mean > sizes.target * 0.8 && mean < sizes.target * 1.2, `${mean}`);
  });

  test('keys of first and last row', async () => {
    const rows = randomRows(3, 500);
    const key = (row: Buffer) => row.subarray(2, 6 + row.readInt32BE(2));
    let at = 0;
    for (const run of await cut(rows, 700)) {
      assert.deepEqual(run.firstKey, key(rows[at]!));
      at += run.rows;
      assert.deepEqual(run.lastKey, key(rows[at - 1]!));
    }
  });

  test('an inserted, deleted or edited row moves only neighbouring cuts', async () => {
    const rows = randomRows(4, 4000);
    const before = new Set((await cut(rows)).map(digest));
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: rows.length - 1 }),
        fc.constantFrom('insert', 'delete', 'edit', 'grow'),
        fc.integer(),
        async (at, kind, salt) => {
          const random = seededRandom(salt);
          const id = rows[at]!.subarray(6, 6 + rows[at]!.readInt32BE(2)).toString();
          const changed = {
            insert: rows.toSpliced(at, 0, randomRow(random, `message-${salt}`)),
            delete: rows.toSpliced(at, 1),
            edit: rows.with(at, randomRow(random, id)),
            grow: rows.with(at, encodeRow([Buffer.from(id), Buffer.alloc(sizes.maximum * 2), null])),
          }[kind];
          const after = await cut(changed);
          const fresh = after.filter((run) => !before.has(digest(run))).length;
          assert.ok(fresh <= 12, `${fresh} of ${after.length} runs are new`);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a row beyond the maximum stands alone', async () => {
    const rows = randomRows(5, 200);
    const large = encodeRow([Buffer.from('large'), Buffer.alloc(3_000_000, 7), null]);
    for (const at of [0, 100, 200]) {
      const runs = await cut(rows.toSpliced(at, 0, large), 50_000);
      const alone = runs.filter((run) => run.bytes >= sizes.maximum);
      assert.deepEqual(
        alone.map((run) => [run.rows, run.bytes]),
        [[1, large.length]],
      );
      assert.deepEqual(Buffer.concat(runs.flatMap((run) => run.chunks)), Buffer.concat(rows.toSpliced(at, 0, large)));
    }
  });

  test('another seed cuts elsewhere', async () => {
    const rows = randomRows(6, 3000);
    const one = new Set((await cut(rows)).map(digest));
    const other = await cut(rows, 65_536, createHash('sha256').update('another vault').digest());
    assert.ok(other.filter((run) => one.has(digest(run))).length <= 2);
  });

  test('no rows, no runs', async () => {
    assert.deepEqual(await cut([]), []);
  });
});
