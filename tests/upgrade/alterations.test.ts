import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alterColumn, alterValue, alterValues, originalOf } from '../../src/upgrade/alterations.ts';
import { type FixtureAsBuilt, fixtureAsBuilt } from './fixture-as-built.ts';

const columns: [string, string, string][] = [
  ['agents', 'llm_config', 'json'],
  ['agents', 'name', 'character varying'],
  ['agents', 'hidden', 'boolean'],
  ['agents', 'created_at', 'timestamp with time zone'],
];

/** The rows as the proof reads them: every column that a test may have altered with its original. */
async function originals({ query }: FixtureAsBuilt): Promise<unknown> {
  const read = columns.map(([table, column, type]) => ({ column, ...originalOf('t', table, column, type) }));
  return query(
    `select t.id, ${read.map(({ value, column }) => `(${value})::text as ${column}`).join(', ')} from public.agents t ${read.map(({ join }) => join).join(' ')} order by t.id`,
  );
}

const asTheyWere = `select id, ${columns.map(([, column]) => `${column}::text as ${column}`).join(', ')} from public.agents order by id`;

describe('alterations', () => {
  it('are undone exactly by their log, whatever the type, and the first original wins', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    const before = await built.query(asTheyWere);
    const touched = await alterColumn(built, { table: 'agents', column: 'name', set: `'x' || t.name`, where: `t.name like '%Agent%'` });
    assert.ok(touched.rows > 1);
    assert.equal(touched.examples.length, Math.min(touched.rows, 10));
    assert.match(touched.examples[0] ?? '', /^id=agent-/);
    assert.deepEqual(
      touched.agents.map(({ rows }) => rows),
      Array(touched.rows).fill(1),
    );
    await alterColumn(built, { table: 'agents', column: 'name', set: `'again'`, where: 'true' });
    await alterColumn(built, { table: 'agents', column: 'llm_config', set: `'{"a": 1}'`, where: 'true' });
    await alterColumn(built, { table: 'agents', column: 'hidden', set: 'not coalesce(t.hidden, false)', where: 'true' });
    await alterColumn(built, { table: 'agents', column: 'created_at', set: 'null', where: 'true' });
    const [altered] = await built.query(
      `select count(distinct name) as names, count(*) filter (where llm_config->>'a' = '1') as configs from agents`,
    );
    assert.deepEqual(altered, { names: '1', configs: '18' });
    assert.deepEqual(await originals(built), before);
  });

  it('take values that were computed here, one or many', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    const before = await built.query(asTheyWere);
    const [first = { id: '' }, ...others] = await built.query<{ id: string }>('select id from agents order by id');
    assert.equal((await alterValue(built, 'agents', 'name', first.id, `it's "quoted" \\ 🔑`)).rows, 1);
    const touched = await alterValues(
      built,
      'agents',
      'llm_config',
      others.map(({ id }, at) => ({ id, value: at === 0 ? null : `{"at":${at}}` })),
    );
    assert.equal(touched.rows, 17);
    assert.deepEqual(await built.query('select name from agents where id = $1', [first.id]), [{ name: `it's "quoted" \\ 🔑` }]);
    assert.deepEqual(await built.query('select count(*) as n from agents where llm_config is null'), [{ n: '1' }]);
    assert.equal((await alterValue(built, 'agents', 'name', 'agent-nobody', 'x')).rows, 0);
    assert.deepEqual(await originals(built), before);
  });

  it('leave neither a change nor a log behind when they fail', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    await assert.rejects(alterColumn(built, { table: 'agents', column: 'llm_config', set: `('{' || t.id)::json`, where: 'true' }));
    await assert.rejects(alterColumn(built, { table: 'tools_agents', column: 'tool_id', set: 'null', where: 'true' }), RangeError);
    await assert.rejects(alterColumn(built, { table: 'no_table', column: 'id', set: 'null', where: 'true' }), RangeError);
    assert.deepEqual(await built.query('select count(*) as n from lifeboat_source.altered'), [{ n: '0' }]);
    assert.equal((await alterColumn(built, { table: 'agents', column: 'name', set: `'still works'`, where: 'false' })).rows, 0);
  });
});
