import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shapeOf } from '../../src/rows/column-encoding.ts';
import { orderOf } from '../../src/rows/order.ts';
import { readStatement } from '../../src/rows/read-table.ts';
import type { ColumnModel, TableModel } from '../../src/schema/model.ts';

function table(columns: Record<string, string>, primaryKey: string[] | null, generated: string[] = []): TableModel {
  return {
    schema: null,
    name: 't',
    columns: Object.entries(columns).map(
      ([name, type]): ColumnModel => ({
        name,
        type,
        notNull: false,
        default: null,
        identity: null,
        generated: generated.includes(name) ? '1' : null,
        collation: null,
      }),
    ),
    primaryKey: primaryKey && { name: 't_pkey', columns: primaryKey },
    uniques: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
  };
}

const order = (model: TableModel, growingKey?: string) => orderOf(model, shapeOf(model, new Set(['mood'])), growingKey);

describe('shape and order', () => {
  test('binary is an allow-list', () => {
    const binary = [
      'boolean',
      'smallint',
      'integer',
      'bigint',
      'real',
      'double precision',
      'numeric',
      'numeric(10,2)',
      'numeric(3,-2)',
      'text',
      'character varying',
      'character varying(255)',
      'character(3)',
      'json',
      'jsonb',
      'bytea',
      'uuid',
      'date',
      'time without time zone',
      'time(3) with time zone',
      'timestamp without time zone',
      'timestamp(6) with time zone',
      'interval',
      'interval day to second(3)',
      'vector',
      'vector(1536)',
      'mood',
    ];
    const text = [
      'text[]',
      'vector(3)[]',
      'mood[]',
      'other_enum',
      '"char"',
      'name',
      'regclass',
      'oid',
      'money',
      'inet',
      'halfvec(3)',
      'int4range',
      'aclitem',
      'a.text',
      'xml',
    ];
    const columns = Object.fromEntries([...binary, ...text].map((type) => [type, type]));
    const shape = shapeOf(table(columns, null), new Set(['mood']));
    assert.deepEqual(
      shape.columns.filter(({ as }) => as === 'binary').map(({ type }) => type),
      binary,
    );
    assert.deepEqual(
      shape.columns.filter(({ as }) => as === 'text').map(({ type }) => type),
      text,
    );
  });

  test('growing key, then primary key', () => {
    const messages = table({ created_at: 'timestamp with time zone', id: 'character varying', sequence_id: 'bigint' }, ['id']);
    assert.deepEqual(order(messages, 'sequence_id'), { by: ['"sequence_id" NULLS LAST', '"id" COLLATE "C"'], key: [1] });
    assert.deepEqual(order(messages), { by: ['"id" COLLATE "C"'], key: [1] });
    assert.deepEqual(order(messages, 'nowhere'), { by: ['"id" COLLATE "C"'], key: [1] });
  });

  test('types whose order is their own are compared as text', () => {
    const odd = table({ a: 'mood', b: 'character varying(9)', c: 'uuid', d: 'text[]', e: 'numeric(5,2)' }, ['e', 'd', 'c', 'b', 'a']);
    assert.deepEqual(order(odd), {
      by: ['"e"', '"d"::text COLLATE "C"', '"c"', '"b" COLLATE "C"', '"a"::text COLLATE "C"'],
      key: [0, 1, 2, 3, 4],
    });
  });

  test('without a primary key the whole row counts', () => {
    assert.deepEqual(order(table({ 'a"b': 'integer', c: 'json' }, null)), {
      by: ['"a""b"::text COLLATE "C" NULLS LAST', '"c"::text COLLATE "C" NULLS LAST'],
      key: [],
    });
    // A generated column does not travel, so it cannot be the key of what does.
    assert.deepEqual(order(table({ id: 'text', body: 'text' }, ['id'], ['id'])).key, []);
  });

  test('statement', () => {
    const model = table({ id: 'text', tags: 'text[]', twice: 'integer' }, ['id'], ['twice']);
    const source = { from: '"s"."t"', shape: shapeOf(model, new Set()), order: order(model) };
    assert.equal(
      readStatement(source),
      'COPY (SELECT "id", "tags"::text FROM ONLY "s"."t" ORDER BY "id" COLLATE "C") TO STDOUT (FORMAT binary)',
    );
    const none = table({}, null);
    assert.equal(
      readStatement({ from: '"t"', shape: shapeOf(none, new Set()), order: order(none) }),
      'COPY (SELECT  FROM ONLY "t") TO STDOUT (FORMAT binary)',
    );
  });
});
