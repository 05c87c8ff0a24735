import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeRow } from '../../src/rows/decode-rows.ts';
import { FieldScanner } from '../../src/rows/field-scanner.ts';
import type { TableShape } from '../../src/rows/shape.ts';
import { RowCollector } from '../../src/verify/row-collector.ts';
import { RowHasher } from '../../src/verify/row-hasher.ts';
import { bucketCount, bucketsWithin, differingBuckets, RowSums } from '../../src/verify/row-sums.ts';
import { RowTable, rowDifferences } from '../../src/verify/row-table.ts';

const row = fc.record({ bucket: fc.nat({ max: 3 }), digest: fc.oneof(fc.nat({ max: 5 }), fc.constant(-1)) });
/** −1 is 2^256 − 1, so that every word carries; the others are small enough to meet. */
const digestOf = (value: number) => (value === -1 ? '\u00ff'.repeat(32) : createHash('sha256').update(`${value}`).digest('binary'));

function sumsOf(rows: { bucket: number; digest: number }[]): RowSums {
  const sums = new RowSums();
  for (const { bucket, digest } of rows) sums.add(bucket, digestOf(digest));
  return sums;
}

const multiset = (rows: { bucket: number; digest: number }[]) => rows.map(({ bucket, digest }) => `${bucket}/${digest}`).sort();

describe('RowSums', () => {
  test('a bucket sums up digests modulo 2^256', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const sums = sumsOf(rows);
        for (const bucket of [0, 1, 2, 3]) {
          const own = rows.filter((each) => each.bucket === bucket);
          const sum = own.reduce((total, { digest }) => total + BigInt(`0x${Buffer.from(digestOf(digest), 'latin1').toString('hex')}`), 0n);
          assert.equal(BigInt(`0x${sums.sumOf(bucket)}`), sum % 2n ** 256n);
          assert.equal(sums.counts[bucket], own.length);
        }
        assert.equal(sums.rows, rows.length);
      }),
    );
  });

  test('sums are equal where multisets are: any order, no more and no fewer copies', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 12 }),
        fc.array(row, { maxLength: 12 }),
        fc.boolean(),
        fc.nat(),
        (rows, others, same, seed) => {
          const second = same ? rows.toSorted((a, b) => ((a.digest * 7 + seed) % 5) - ((b.digest * 7 + seed) % 5)) : others;
          const differing = differingBuckets(sumsOf(rows), sumsOf(second));
          const expected = [0, 1, 2, 3].filter((bucket) => {
            const here = (each: { bucket: number }) => each.bucket === bucket;
            return multiset(rows.filter(here)).join() !== multiset(second.filter(here)).join();
          });
          assert.deepEqual(differing, expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('whole buckets are chosen, the smallest first', () => {
    const sums = sumsOf([0, 0, 0, 1, 2, 2].map((bucket) => ({ bucket, digest: 1 })));
    assert.deepEqual([...bucketsWithin(3, [0, 1, 2], sums, new RowSums())], [1, 2]);
    assert.deepEqual([...bucketsWithin(6, [0, 1, 2], new RowSums(), sums)], [1, 2, 0]);
    assert.deepEqual([...bucketsWithin(0, [0], sums, sums)], []);
  });
});

const field = fc.option(fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)));
const rows = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 8 });
const secret = Buffer.alloc(32, 7);

function* events(pieces: Iterable<Buffer>) {
  const scanner = new FieldScanner(3);
  for (const piece of pieces) {
    scanner.feed(piece);
    for (let found = scanner.next(); found !== 'more'; found = scanner.next()) yield { found, scanner };
  }
  scanner.end();
}

function hashed(pieces: Iterable<Buffer>, key: number[], withSecret = secret) {
  const hasher = new RowHasher(3, key, withSecret);
  const found = [];
  for (const each of events(pieces)) {
    if (hasher.take(each.found, each.scanner)) found.push({ digest: hasher.digest, bucket: hasher.bucket, bytes: hasher.bytes });
  }
  return found;
}

describe('RowHasher', () => {
  test('digests are SHA-256 of secret and tuple, the same however the bytes arrive', () => {
    fc.assert(
      fc.property(rows, fc.subarray([0, 1, 2]), (table, key) => {
        const tuples = table.map(encodeRow);
        const whole = hashed(tuples, key);
        const bytes = Buffer.concat(tuples);
        assert.deepEqual(
          hashed(
            [...bytes.keys()].map((at) => bytes.subarray(at, at + 1)),
            key,
          ),
          whole,
        );
        assert.deepEqual(
          whole.map(({ digest, bytes }) => [digest, bytes]),
          tuples.map((tuple) => [createHash('sha256').update(secret).update(tuple).digest('binary'), tuple.length]),
        );
        assert.ok(whole.every(({ bucket }) => bucket >= 0 && bucket < bucketCount));
        const other = hashed(tuples, key, Buffer.alloc(32, 8));
        assert.ok(other.every(({ digest }, index) => digest !== whole[index]!.digest));
      }),
    );
  });

  test('rows with the same key are in the same bucket, long rows and long keys too', () => {
    const long = Buffer.alloc(200_000, 'k');
    const tuples = [
      [long, Buffer.from('1'), null],
      [long, Buffer.alloc(100_000), null],
    ].map(encodeRow);
    const whole = hashed(tuples, [0, 2]);
    assert.equal(whole[0]!.bucket, whole[1]!.bucket);
    assert.notEqual(whole[0]!.digest, whole[1]!.digest);
    assert.deepEqual(
      hashed(
        tuples.flatMap((tuple) => [tuple.subarray(0, 150_000), tuple.subarray(150_000)]),
        [0, 2],
      ),
      whole,
    );
    assert.equal(whole[0]!.digest, createHash('sha256').update(secret).update(tuples[0]!).digest('binary'));
  });
});

const shape: TableShape = { encoding: 1, columns: ['a', 'b', 'c'].map((name) => ({ name, type: 'text', as: 'binary' })) };

describe('RowTable and RowCollector', () => {
  test('a row that crosses chunks is kept like one that does not', () => {
    fc.assert(
      fc.property(rows, fc.subarray([0, 1, 2]), (table, key) => {
        const bytes = Buffer.concat(table.map(encodeRow));
        const collect = (pieces: Buffer[]) => {
          const collector = new RowCollector(3, new RowTable(shape, key));
          for (const { found, scanner } of events(pieces)) {
            collector.take(found, scanner);
            if (found === 'row' || found === 'end') collector.keep(found, scanner);
          }
          return collector.table.rows;
        };
        assert.deepEqual(collect([...bytes.keys()].map((at) => bytes.subarray(at, at + 1))), collect([bytes]));
      }),
    );
  });

  test('differences are what the smaller change would be: equal rows cancel out, whatever their order and key', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })), { maxLength: 9 }),
        fc.nat(),
        fc.boolean(),
        (values, pick, keyed) => {
          const key = keyed ? [0] : [];
          const tableOf = (list: [number, number][]) => {
            const table = new RowTable(shape, key);
            for (const [a, b] of list) table.add([Buffer.from(`${a}`), Buffer.from(`${b}`), null]);
            return table;
          };
          const differences = (one: [number, number][], other: [number, number][]) => [
            ...rowDifferences(shape, tableOf(one), tableOf(other)),
          ];
          assert.deepEqual(differences(values, values.toReversed()), []);
          if (values.length === 0) return;
          const at = pick % values.length;
          const [a, b] = values[at]!;
          const row = keyed ? `a=${a}` : `a=${a}, b=${b}, c=NULL`;
          const fewer = values.toSpliced(at, 1);
          assert.deepEqual(differences(values, fewer), [{ kind: 'missing', row, columns: [] }]);
          assert.deepEqual(differences(fewer.toReversed(), values), [{ kind: 'extra', row, columns: [] }]);
          if (keyed)
            assert.deepEqual(differences(values, values.with(at, [a, 9]).toReversed()), [{ kind: 'changed', row, columns: ['b'] }]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a hundred thousand copies of one row take no longer than as many rows', () => {
    const table = new RowTable(shape, []);
    for (let copy = 0; copy < 100_000; copy++) table.add([Buffer.from('same'), null, null]);
    const other = new RowTable(shape, []);
    other.add([Buffer.from('same'), null, null]);
    assert.equal([...rowDifferences(shape, table, other)].length, 99_999);
  });
});
