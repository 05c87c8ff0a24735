import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeRows, encodeRow } from '../../src/rows/decode-rows.ts';
import { copyHeader, copyTrailer, keyLimit, TupleParser } from '../../src/rows/tuples.ts';

const field = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
const table = fc.nat({ max: 5 }).chain((fields) =>
  fc.record({
    fields: fc.constant(fields),
    rows: fc.array(fc.array(field, { minLength: fields, maxLength: fields }), { maxLength: 12 }),
    key: fc.subarray([...Array(fields).keys()]),
  }),
);

interface Found {
  end: number;
  bytes: number;
  key: string;
  previousKey: string;
}

function parse(pieces: Iterable<Buffer>, fields: number, key: number[], framed: boolean): Found[] {
  const parser = new TupleParser(fields, key, framed);
  const found: Found[] = [];
  let base = 0;
  for (const piece of pieces) {
    parser.feed(piece);
    while (parser.next()) {
      found.push({
        end: base + parser.at,
        bytes: parser.rowBytes,
        key: parser.key.toString('hex', 0, parser.keyLength),
        previousKey: parser.previousKey.toString('hex', 0, parser.previousKeyLength),
      });
    }
    base += piece.length;
  }
  parser.end();
  // The last row's key outlives the trailer.
  assert.equal(parser.key.toString('hex', 0, parser.keyLength), found.at(-1)?.key ?? '');
  return found;
}

function cutAt(bytes: Buffer, positions: number[]): Buffer[] {
  const sorted = [0, ...positions.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((to, index) => bytes.subarray(sorted[index], to));
}

describe('TupleParser', () => {
  for (const framed of [true, false]) {
    test(`finds the same rows and keys however the bytes arrive (${framed ? 'framed' : 'bare'})`, () => {
      fc.assert(
        fc.property(table, fc.array(fc.nat(), { maxLength: 60 }), fc.boolean(), ({ fields, rows, key }, positions, bytewise) => {
          const encoded = rows.map(encodeRow);
          const bytes = Buffer.concat(framed ? [copyHeader, ...encoded, copyTrailer] : encoded);
          const pieces = bytewise ? cutAt(bytes, [...bytes.keys()]) : cutAt(bytes, positions);
          const keyFields = key.length === 0 ? [...Array(fields).keys()] : key;
          let end = framed ? copyHeader.length : 0;
          let previousKey = '';
          const expected = rows.map((row, index) => {
            const rowKey = Buffer.concat(
              keyFields.map((each) => {
                const value = row[each] ?? null;
                const length = Buffer.alloc(4);
                length.writeInt32BE(value?.length ?? -1);
                return Buffer.concat(value === null ? [length] : [length, value]);
              }),
            ).toString('hex');
            end += encoded[index]!.length;
            const each = { end, bytes: encoded[index]!.length, key: rowKey, previousKey };
            previousKey = rowKey;
            return each;
          });
          assert.deepEqual(parse(pieces, fields, key, framed), expected);
        }),
        { numRuns: 400 },
      );
    });
  }

  test('decodeRows gives back what encodeRow took, across chunks', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat(), { maxLength: 30 }), ({ fields, rows }, positions) => {
        assert.deepEqual([...decodeRows(cutAt(Buffer.concat(rows.map(encodeRow)), positions), fields)], rows);
      }),
    );
  });

  test('passes over a header extension', () => {
    const header = Buffer.concat([copyHeader.subarray(0, 15), Buffer.from([0, 0, 0, 3]), Buffer.from('xyz')]);
    const bytes = Buffer.concat([header, encodeRow([Buffer.from('a')]), copyTrailer]);
    for (const pieces of [[bytes], cutAt(bytes, [...bytes.keys()])]) assert.equal(parse(pieces, 1, [0], true).length, 1);
  });

  test('keeps a bounded part of a long key', () => {
    const bytes = encodeRow([Buffer.alloc(5000, 'k'), Buffer.alloc(5000, 'k')]);
    for (const pieces of [[bytes], cutAt(bytes, [...bytes.keys()])]) assert.equal(parse(pieces, 2, [], false)[0]?.key.length, keyLimit * 2);
  });

  test('refuses what is not whole and well-formed', () => {
    const row = encodeRow([Buffer.from('abc')]);
    const bad: Record<string, Buffer> = {
      'no header': Buffer.from('PGCOPY, they said, but it was text'),
      'too many fields': Buffer.concat([copyHeader, encodeRow([null, null]), copyTrailer]),
      'a negative length': Buffer.concat([copyHeader, Buffer.from([0, 1, 0xff, 0xff, 0xff, 0xfe]), copyTrailer]),
      'an end within a row': Buffer.concat([copyHeader, row.subarray(0, 8)]),
      'an end without trailer': Buffer.concat([copyHeader, row]),
      'bytes after the trailer': Buffer.concat([copyHeader, row, copyTrailer, row]),
      'an end within the header': copyHeader.subarray(0, 12),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      for (const pieces of [[bytes], cutAt(bytes, [...bytes.keys()])]) {
        assert.throws(() => parse(pieces, 1, [0], true), { code: 'rows-malformed' }, name);
      }
    }
    assert.throws(() => parse([copyTrailer], 1, [0], false), { code: 'rows-malformed' });
    assert.throws(() => [...decodeRows([row.subarray(0, 5)], 1)], { code: 'rows-malformed' });
    // A length that claims a gigabyte allocates nothing.
    assert.throws(() => [...decodeRows([Buffer.from([0, 1, 0x3f, 0xff, 0xff, 0xff, 1, 2, 3])], 1)], { code: 'rows-malformed' });
  });
});
