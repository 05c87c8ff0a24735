import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setAside } from '../../src/upgrade/set-aside.ts';
import { setAsideTables } from '../../src/upgrade/set-aside-tables.ts';
import { fixtureAsBuilt } from './fixture-as-built.ts';

const list = (table: string) => `select t::text as row from ${table} t order by 1`;

describe('setting rows aside', () => {
  it('moves them with their exact types and a note, and the way back brings all of them back', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    const before = await built.query(list('public.messages'));
    const where = `t.role = 'tool'`;
    const loss = await setAside(built, { table: 'messages', where, reason: `it's a test`, wayBack: 'First think.' });
    assert.ok(loss && loss.rows > 10);
    assert.equal(loss.class, 'set aside');
    assert.equal(
      loss.agents.reduce((sum, { rows }) => sum + rows, 0),
      loss.rows,
    );
    assert.equal(loss.examples.length, 10);
    const at = await setAsideTables(built.session);
    assert.deepEqual([...at], [['messages', '"lifeboat_set_aside"."messages"']]);
    assert.deepEqual(await built.query(list(`(select * from public.messages union all select * from ${at.get('messages')})`)), before);
    const [note] = await built.query(
      `select table_name, kept_in, row_key, reason, from_revision, to_revision, set_aside_at > now() - interval '1 h' as recent from lifeboat_set_aside.reasons where row_key = $1`,
      [loss.examples[0]],
    );
    assert.deepEqual(note, {
      table_name: 'messages',
      kept_in: 'messages',
      row_key: loss.examples[0],
      reason: `it's a test`,
      from_revision: built.from.revision,
      to_revision: built.to.revision,
      recent: true,
    });
    const [words, statement = ''] = loss.wayBack?.split('\n') ?? [];
    assert.equal(words, 'First think.');
    await built.query(statement);
    assert.deepEqual(await built.query(list('public.messages')), before);
  });

  it('keeps reasons apart: the way back of one brings back only its rows; tables without a primary key too', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    const [{ agent_id } = { agent_id: '' }] = await built.query('select agent_id from tools_agents order by 1');
    const one = await setAside(built, { table: 'tools_agents', where: `t.agent_id = '${agent_id}'`, reason: 'one' });
    const two = await setAside(built, { table: 'tools_agents', where: 'true', reason: 'two' });
    assert.match(one?.examples[0] ?? '', /^agent_id=agent-\S+ tool_id=tool-\S+$/);
    assert.deepEqual(one?.agents, [{ id: agent_id, rows: one?.rows }]);
    await built.query(one?.wayBack ?? '');
    assert.deepEqual(await built.query('select count(*)::int as n from tools_agents'), [{ n: one?.rows }]);
    assert.deepEqual(await built.query('select count(*)::int as n from lifeboat_set_aside.tools_agents'), [
      { n: (one?.rows ?? 0) + (two?.rows ?? 0) },
    ]);
  });

  it('creates nothing when no row is concerned, and nothing remains of an attempt that fails', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    assert.equal(await setAside(built, { table: 'tools', where: 'false', reason: 'none' }), null);
    assert.deepEqual([...(await setAsideTables(built.session))], []);
    await assert.rejects(setAside(built, { table: 'tools', where: `t.name::integer = 1`, reason: 'fails' }));
    await assert.rejects(
      setAside(built, { table: 'tools', where: `case when t.name = 'memory' then t.name::integer = 1 else true end`, reason: 'fails' }),
    );
    assert.deepEqual(await built.query(`select nspname from pg_namespace where nspname like 'lifeboat%'`), []);
  });

  it('leaves what an earlier upgrade set aside as it is', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    await built.query(`create schema lifeboat_set_aside; create table lifeboat_set_aside.tools (id text); insert into lifeboat_set_aside.tools values ('old');
      create table lifeboat_set_aside.reasons (note text)`);
    await setAside(built, { table: 'tools', where: `t.tool_type = 'custom'`, reason: 'new' });
    await setAside(built, { table: 'tools', where: `t.tool_type = 'external_mcp'`, reason: 'newer' });
    const at = (await setAsideTables(built.session)).get('tools');
    assert.equal(at, '"lifeboat_set_aside"."tools_2"');
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.tools'), [{ id: 'old' }]);
    assert.deepEqual(await built.query('select count(*) as n from lifeboat_set_aside.reasons'), [{ n: '0' }]);
    const [{ n } = { n: 0 }] = await built.query<{ n: number }>(`select count(*)::int as n from ${at}`);
    assert.ok(n > 0);
    assert.deepEqual(await built.query('select count(*)::int as n from lifeboat_set_aside.reasons_2'), [{ n }]);
  });
});
