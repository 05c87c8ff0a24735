import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DatabaseModel } from '../../src/schema/model.ts';
import { type BundlePart, packBundles } from '../../src/vault/bundle.ts';
import { contentIdOf } from '../../src/vault/content-id.ts';
import { paginate } from '../../src/vault/index-pages.ts';
import type { SegmentEntry } from '../../src/vault/manifest.ts';
import { parsePage, parseTables } from '../../src/vault/snapshot-objects.ts';

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const entry = (name: string, bytes = 10): SegmentEntry => ({ name, rows: 1, bytes, first: '', last: '' });

describe('index pages', () => {
  it('hold every entry once and in order', () => {
    fc.assert(
      fc.property(fc.array(hex, { maxLength: 3000 }), (names) => {
        assert.deepEqual(
          paginate(names.map((name) => entry(name)))
            .flat()
            .map((each) => each.name),
          names,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('are shared but for the neighbours of a change', () => {
    const names = Array.from({ length: 20_000 }, (_, index) =>
      ((index * 2654435761) % 2 ** 32).toString(16).padStart(8, '0').padEnd(64, '0'),
    );
    const pages = (list: string[]) => paginate(list.map((name) => entry(name))).map((page) => page.map((each) => each.name).join());
    const before = new Set(pages(names));
    const after = pages(names.toSpliced(10_000, 0, 'f'.repeat(64)));
    assert.ok(after.length > 5);
    assert.ok(after.filter((page) => !before.has(page)).length <= 2);
  });
});

describe('bundles', () => {
  it('keep each part where its offset says', () => {
    const parts: BundlePart[] = Array.from({ length: 40 }, (_, index) => {
      const bytes = Buffer.alloc(200_000, index);
      return {
        table: { schema: null, name: `t${index}`, shape: [], key: [], rows: 1, bytes: bytes.length },
        segment: entry('0'.repeat(64), bytes.length),
        chunks: [bytes],
      };
    });
    const bundles = packBundles(parts);
    assert.equal(bundles.flatMap((bundle) => bundle.parts).length, 40);
    assert.ok(bundles.length > 1);
    for (const bundle of bundles) {
      const plain = Buffer.concat([...(bundle.content.open() as Buffer[])]);
      for (const part of bundle.parts) assert.equal(plain[part.offset], Number(part.table.name.slice(1)));
    }
  });
});

describe('the content id', () => {
  const model: DatabaseModel = {
    schemas: [],
    extensions: [{ name: 'vector', version: '0.8.0', schema: null }],
    enums: [],
    sequences: [],
    tables: [],
    others: [],
  };
  it('is the same under another version of an extension', () => {
    const other = { ...model, extensions: [{ name: 'vector', version: '0.8.6', schema: null }] };
    assert.equal(contentIdOf({ schema: other, tables: [table], sequences: [sequence] }), id);
  });
  const table = { schema: null, name: 'agents', shapeHash: Buffer.alloc(32), rows: 2, segments: ['aa', 'bb'] };
  const sequence = { schema: null, name: 'message_seq_id', lastValue: '327', isCalled: true };
  const id = contentIdOf({ schema: model, tables: [table], sequences: [sequence] });
  const changes: [string, Parameters<typeof contentIdOf>[0]][] = [
    ['order of segments', { schema: model, tables: [{ ...table, segments: ['bb', 'aa'] }], sequences: [sequence] }],
    ['rows', { schema: model, tables: [{ ...table, rows: 3 }], sequences: [sequence] }],
    ['shape', { schema: model, tables: [{ ...table, shapeHash: Buffer.alloc(32, 1) }], sequences: [sequence] }],
    ['name', { schema: model, tables: [{ ...table, name: 'agent' }], sequences: [sequence] }],
    ['where one name ends', { schema: model, tables: [{ ...table, segments: ['aab', 'b'] }], sequences: [sequence] }],
    ['sequence', { schema: model, tables: [table], sequences: [{ ...sequence, lastValue: '328' }] }],
    ['schema', { schema: { ...model, schemas: ['crm'] }, tables: [table], sequences: [sequence] }],
  ];
  for (const [what, parts] of changes) it(`changes with the ${what}`, () => assert.notEqual(contentIdOf(parts), id));
  it('does not change with the order in which tables come', () => {
    const other = { ...table, name: 'block' };
    assert.equal(
      contentIdOf({ schema: model, tables: [table, other], sequences: [] }),
      contentIdOf({ schema: model, tables: [other, table], sequences: [] }),
    );
  });
});

describe('lists from a vault', () => {
  const table = {
    schema: null,
    name: 't',
    shape: [{ name: 'a', type: 'text', as: 'binary' }],
    key: [0],
    rows: 0,
    bytes: 0,
    content: { kind: 'empty' },
  };
  it('are taken as the format says', () => assert.equal(parseTables([table]).length, 1));
  const bad: [string, unknown][] = [
    ['no list', { ...table }],
    ['a count below zero', [{ ...table, rows: -1 }]],
    ['a count beyond 2^53', [{ ...table, rows: 2 ** 60 }]],
    ['a name with NUL', [{ ...table, name: 'a\0b' }]],
    ['a key without its column', [{ ...table, key: [5] }]],
    ['an unknown field', [{ ...table, extra: 1 }]],
    ['an object path', [{ ...table, content: { kind: 'pages', pages: [{ object: '../../etc/passwd', segments: 1, rows: 1 }] } }]],
  ];
  for (const [what, value] of bad)
    it(`are refused with ${what}`, () => assert.throws(() => parseTables(value), { code: 'snapshot-damaged' }));
  it('refuse segments with names that are no hashes', () => assert.throws(() => parsePage([entry('xyz')]), { code: 'snapshot-damaged' }));
});
