import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { canChange, changedValue } from '../../src/drill/changed-value.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';

/** Type → values as a cast to text gives them. */
const samples: Record<string, (string | null)[]> = {
  text: [null, '', 'a', '~', 'x'.repeat(300), 'ends with 😀', '\n'],
  'character varying': [null, 'sk-…', 'ä'],
  'character varying(3)': ['abc', null],
  json: [null, '{"a": 1}', '[]', 'null', '"text"'],
  jsonb: [null, '{"a": 1}', '[[]]'],
  boolean: [null, 'true', 'false'],
  smallint: [null, '0', '32767', '-32768'],
  integer: [null, '0', '2147483647', '-2147483648'],
  bigint: ['9223372036854775807', '-9223372036854775808', '1'],
  real: [null, '1', '0', 'NaN', 'Infinity', '0.1'],
  'double precision': [null, '1', '-0', '1e+300'],
  date: [null, '2001-02-03', 'infinity'],
  'timestamp without time zone': ['2001-02-03 00:00:00', '2026-01-01 12:00:00.123456', null],
  'timestamp with time zone': ['2001-02-03 00:00:00+00', '2026-01-01 12:00:00.123456+00', '-infinity'],
  uuid: [null, '00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'],
  bytea: [null, '\\x', '\\x00ff', '\\xf0'],
  vector: ['[1,2,3]', '[0.5]', '[-1]'],
  'vector(2)': ['[1,0]', '[0.25,0.5]'],
};

describe('a value that is changed on purpose', () => {
  let database: TestDatabase;
  before(async () => {
    database = await (await testServer()).createDatabase({ vector: true });
  });
  after(() => database.drop());

  for (const [type, values] of Object.entries(samples))
    it(`${type}: PostgreSQL takes it, and it is another one`, async () => {
      assert.equal(canChange(type), true);
      await database.query(`create table if not exists sample (value ${type})`);
      for (const was of values) {
        const next = changedValue(type, was);
        assert.notEqual(next, null, `${type} ${was}`);
        const [row] = await database.query<{ same: boolean; differs: boolean }>(
          `select ($1::text)::${type}::text is not distinct from $1::text as same, ($1::text)::${type}::text is distinct from ($2::text)::${type}::text as differs`,
          [was, next],
        );
        assert.deepEqual(row, { same: true, differs: true }, `${type}: ${was} → ${next}`);
      }
      await database.query('drop table sample');
    });

  it('an enum gets another of its labels, and one with a single label stays', () => {
    assert.equal(changedValue('jobtype', 'a', ['a', 'b']), 'b');
    assert.equal(changedValue('jobtype', null, ['a']), 'a');
    assert.equal(canChange('jobtype', ['a']), false);
  });

  it('types that nobody thought of are left alone', () => {
    for (const type of ['constructor', 'tsvector', 'integer[]', 'character(3)']) assert.equal(canChange(type), false, type);
    assert.equal(changedValue('tsvector', 'x'), null);
  });

  it('a missing vector has no length that could be kept', () => assert.equal(changedValue('vector(3)', null), null));
});
