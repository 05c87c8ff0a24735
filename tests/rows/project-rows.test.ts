import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bareTuples } from '../../src/rows/bare-tuples.ts';
import { type CountOptions, countFilled, type Watch } from '../../src/rows/count-filled.ts';
import { decodeRows, encodeRow } from '../../src/rows/decode-rows.ts';
import { type ProjectionCount, projectRows } from '../../src/rows/project-rows.ts';
import type { ProjectionSpec } from '../../src/rows/projection-plan.ts';
import { copyHeader, copyTrailer } from '../../src/rows/tuples.ts';
import { seededRandom } from './random-tuples.ts';

const bytesOf = (bytes: Uint8Array) => Buffer.from(bytes);
const field = fc.option(
  fc.oneof(
    fc.uint8Array({ maxLength: 90 }).map(bytesOf),
    fc.constantFrom('null', ' null ', '\u0001null', '[]', '').map((text) => Buffer.from(text)),
  ),
);
const table = fc.nat({ max: 5 }).chain((fields) =>
  fc.record({
    fields: fc.constant(fields),
    rows: fc.array(fc.array(field, { minLength: fields, maxLength: fields }), { maxLength: 12 }),
    ascending: fc.boolean(),
    keep: fc.array(fc.oneof(...(fields > 0 ? [fc.nat({ max: fields - 1 })] : []), fc.record({ constant: field })), { maxLength: 8 }),
  }),
);
const positions = fc.array(fc.nat(), { maxLength: 40 });

function cutAt(bytes: Buffer, at: number[], bytewise: boolean): Buffer[] {
  const inner = bytewise ? [...bytes.keys()] : at.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b);
  const sorted = [0, ...inner, bytes.length];
  return sorted.slice(1).map((to, index) => bytes.subarray(sorted[index], to));
}

/** blocksOf joins what is small: to see rows cross chunks, whole rows are padded by a large one before. */
const large = (fields: number) =>
  encodeRow(Array.from({ length: fields }, (_, index) => (index === 0 ? Buffer.alloc(700_000, 'x') : null)));

function inOrder(keep: ProjectionSpec['keep']): ProjectionSpec['keep'] {
  let last = -1;
  return keep.filter((each) => {
    if (typeof each !== 'number') return true;
    if (each <= last) return false;
    last = each;
    return true;
  });
}

/** A block is lent: its memory holds something else when the next one is asked for. */
const collect = async (chunks: AsyncIterable<Buffer>) => Buffer.concat(await Array.fromAsync(chunks, (block) => Buffer.from(block)));

describe('projectRows', () => {
  test('gives the chosen fields and constants of every row, however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(table, positions, fc.boolean(), async ({ fields, rows, ascending, keep }, at, bytewise) => {
        const chosen = ascending ? inOrder(keep) : keep;
        const project = (row: (Buffer | null)[]) => chosen.map((each) => (typeof each === 'number' ? row[each]! : each.constant));
        const count: ProjectionCount = { rows: -1, dropped: [] };
        const chunks = cutAt(Buffer.concat(rows.map(encodeRow)), at, bytewise);
        const projected = await collect(projectRows(chunks, { fields, keep: chosen }, count));
        assert.deepEqual([...decodeRows([projected], chosen.length)], rows.map(project));
        const dropped = [...Array(fields).keys()].map((index) =>
          chosen.includes(index) ? 0 : rows.filter((row) => row[index] !== null).length,
        );
        assert.deepEqual(count, { rows: rows.length, dropped });
      }),
      { numRuns: 400 },
    );
  });

  test('the same where rows cross from one block to the next', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.nat(), async ({ fields, rows, ascending, keep }, position) => {
        if (fields === 0 || rows.length === 0) return;
        const chosen = ascending ? inOrder(keep) : keep;
        const bytes = Buffer.concat([large(fields), ...rows.map(encodeRow), large(fields)]);
        // Both parts are passed on as they are, and the cut lies within the small rows.
        const cut = large(fields).length + (position % (bytes.length - 2 * large(fields).length));
        const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
        const count: ProjectionCount = { rows: -1, dropped: [] };
        const projected = await collect(projectRows(chunks, { fields, keep: chosen }, count));
        const all = [...decodeRows([bytes], fields)];
        const expected = all.map((row) => chosen.map((each) => (typeof each === 'number' ? row[each]! : each.constant)));
        assert.ok(projected.equals(Buffer.concat(expected.map(encodeRow))));
        const dropped = [...Array(fields).keys()].map((index) =>
          chosen.includes(index) ? 0 : all.filter((row) => row[index] !== null).length,
        );
        assert.deepEqual(count, { rows: rows.length + 2, dropped });
      }),
      { numRuns: 200 },
    );
  });

  test('a field of 1 GB passes in blocks, without being held', async () => {
    const gigabyte = 2 ** 30 - 1;
    let peak = 0;
    function* chunks() {
      const head = Buffer.from([0, 3, 0, 0, 0, 1, 97, 0, 0, 0, 1, 98, 0x3f, 0xff, 0xff, 0xff]);
      yield head;
      for (let left = gigabyte; left > 0; left -= 65_536) {
        yield Buffer.alloc(Math.min(left, 65_536), 'y');
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
      }
    }
    const before = process.memoryUsage().arrayBuffers;
    let size = 0;
    let small = 0;
    for await (const block of projectRows(chunks(), { fields: 3, keep: [0, { constant: null }, 2] })) {
      size += block.length;
      if (block.length < 256 * 1024) small++;
    }
    assert.equal(size, 2 + 5 + 4 + 4 + gigabyte);
    assert.ok(small <= 1, `${small} small blocks`);
    assert.ok(peak - before < 250e6, `${Math.round((peak - before) / 1e6)} MB held`);
  });

  test('one row is held when fields change places', async () => {
    const random = seededRandom(3);
    const rows = Array.from({ length: 40 }, (_, index) =>
      [0, 1, 2].map(() => (index % 7 === 0 ? Buffer.alloc(Math.floor(random() * 3_000_000), index) : Buffer.from(`${index}`))),
    );
    const projected = await collect(projectRows(rows.map(encodeRow), { fields: 3, keep: [2, 0, 2] }));
    assert.ok(projected.equals(Buffer.concat(rows.map(([a, , c]) => encodeRow([c!, a!, c!])))));
  });

  test('refuses what is not well-formed, and fields that rows do not have', async () => {
    const row = encodeRow([Buffer.from('abc'), null]);
    const bad: Record<string, Buffer> = {
      'an end within a row': row.subarray(0, 8),
      'an end within the count': Buffer.concat([row, row.subarray(0, 1)]),
      'an end before the last field': row.subarray(0, row.length - 4),
      'too few fields': encodeRow([null]),
      'a trailer': Buffer.concat([row, copyTrailer]),
      'a negative length': Buffer.from([0, 2, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff]),
      'a length that claims a gigabyte': Buffer.from([0, 2, 0x3f, 0xff, 0xff, 0xff, 1, 2]),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      for (const keep of [[0], [1, 0], []]) {
        await assert.rejects(collect(projectRows([bytes], { fields: 2, keep })), { code: 'rows-malformed' }, name);
      }
      await assert.rejects(countFilled([bytes], 2, [{ index: 0 }]), { code: 'rows-malformed' }, name);
    }
    for (const keep of [[2], [-1], [0.5]]) await assert.rejects(collect(projectRows([row], { fields: 2, keep })), RangeError);
  });
});

describe('countFilled', () => {
  /** The same, by decoding every row. */
  function expected(rows: (Buffer | null)[][], watch: Watch[], { groupBy, key = [] }: CountOptions) {
    const isEmpty = ({ index, type, emptyTexts = [] }: Watch, row: (Buffer | null)[]) => {
      const value = row[index] ?? null;
      if (value === null) return true;
      if (type === 'json' || type === 'jsonb')
        return ['null', ...emptyTexts].includes(
          value
            .subarray(type === 'jsonb' ? 1 : 0)
            .toString()
            .trim(),
        );
      return emptyTexts.includes(value.toString());
    };
    const filled = watch.map((each) => {
      const found = rows.filter((row) => !isEmpty(each, row));
      const groups = new Map<string | null, number>();
      if (groupBy !== undefined)
        for (const row of found) {
          const group = row[groupBy]?.toString() ?? null;
          groups.set(group, (groups.get(group) ?? 0) + 1);
        }
      return {
        rows: found.length,
        groups,
        examples: key.length === 0 ? [] : found.slice(0, 10).map((row) => key.map((index) => row[index])),
      };
    });
    return { rows: rows.length, filled };
  }

  test('counts what a decoder counts, within blocks and across them', async () => {
    const types = fc.constantFrom('json', 'jsonb', 'text');
    await fc.assert(
      fc.asyncProperty(table, types, fc.boolean(), fc.nat(), fc.nat(), async ({ fields, rows }, type, grouped, position, extra) => {
        if (fields === 0) return;
        const watch: Watch[] = [
          { index: extra % fields, type },
          { index: position % fields, type, emptyTexts: ['[]', ''] },
        ];
        const options: CountOptions = grouped ? { groupBy: fields - 1, key: [0, fields - 1] } : {};
        const bytes = Buffer.concat(rows.map(encodeRow));
        assert.deepEqual(await countFilled(cutAt(bytes, [position, extra], false), fields, watch, options), expected(rows, watch, options));

        const long = [Buffer.alloc(700_000, 'x'), ...Array(fields - 1).fill(null)] as (Buffer | null)[];
        const padded = Buffer.concat([encodeRow(long), bytes, encodeRow(long)]);
        const cut = encodeRow(long).length + (position % (bytes.length + 1));
        const crossing = await countFilled([padded.subarray(0, cut), padded.subarray(cut)], fields, watch, { ...options, key: [] });
        const short = [long[0]!.subarray(0, 1024), ...long.slice(1)] as (Buffer | null)[];
        // A long value gives a group by its beginning only.
        assert.deepEqual(crossing, expected([short, ...rows, short], watch, { ...options, key: [] }));
      }),
      { numRuns: 300 },
    );
  });

  test('text that says null is a value, JSON null is none', async () => {
    const rows = [[Buffer.from('null')], [null], [Buffer.from('x')]].map(encodeRow);
    assert.equal((await countFilled(rows, 1, [{ index: 0, type: 'text' }])).filled[0]?.rows, 2);
    assert.equal((await countFilled(rows, 1, [{ index: 0, type: 'json' }])).filled[0]?.rows, 1);
    // Texts are compared as text: these bytes are none.
    const numbers = [[Buffer.from('fffffffe', 'hex')], [Buffer.from('fffffffd', 'hex')]].map(encodeRow);
    const minusTwo = { index: 0, type: 'integer', emptyValues: [Buffer.from('fffffffe', 'hex')] };
    assert.equal((await countFilled(numbers, 1, [minusTwo])).filled[0]?.rows, 1);
  });
});

describe('bareTuples', () => {
  test('takes header and trailer off, however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 9 }), positions, fc.boolean(), async (values, at, bytewise) => {
        const rows = Buffer.concat(values.map((value) => encodeRow([value])));
        const header =
          at.length % 2 === 0 ? copyHeader : Buffer.concat([copyHeader.subarray(0, 15), Buffer.from([0, 0, 0, 3]), Buffer.from('xyz')]);
        const framed = Buffer.concat([header, rows, copyTrailer]);
        assert.ok((await collect(bareTuples(cutAt(framed, at, bytewise)))).equals(rows));
      }),
    );
  });

  test('refuses a stream without header or trailer', async () => {
    const row = encodeRow([Buffer.from('x')]);
    for (const bytes of [Buffer.alloc(0), copyHeader.subarray(0, 5), copyHeader, Buffer.concat([copyHeader, row]), Buffer.alloc(40, 'x')])
      await assert.rejects(collect(bareTuples([bytes])), { code: 'rows-malformed' });
    // The end of a NULL looks like a trailer: the row that it belongs to is not whole then.
    const cutOff = bareTuples([copyHeader, encodeRow([null])]);
    await assert.rejects(collect(projectRows(cutOff, { fields: 1, keep: [0] })), { code: 'rows-malformed' });
  });
});
