import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Loss } from '../../src/upgrade/loss.ts';
import { builtInToolsRule } from '../../src/upgrade/set-aside/built-in-tools.ts';
import { malformedToolsRule } from '../../src/upgrade/set-aside/malformed-tools.ts';
import { mcpServersRule } from '../../src/upgrade/set-aside/mcp-servers.ts';
import { setAsideRules } from '../../src/upgrade/set-aside/rules.ts';
import { type FixtureName, fixtureFacts } from '../support/fixtures.ts';
import { type FixtureAsBuilt, fixtureAsBuilt } from './fixture-as-built.ts';

const short = (losses: Loss[]) => losses.map(({ class: kind, table, column, rows }) => [kind, table, column, rows]);
const namesOf = async (built: FixtureAsBuilt, where = 'true') =>
  (await built.query(`select name from tools where ${where} order by name collate "C"`)).map(({ name }) => name);

describe('built-in tools that the target does not have', () => {
  it('go upwards with their attachments; the agents are named', async () => {
    await using built = await fixtureAsBuilt('oracle-0.11.3-to-0.16.8', { from: '0.11.3' });
    const [attached = { agent_id: '' }] = await built.query(
      `select a.agent_id from tools_agents a join tools t on t.id = a.tool_id where t.name = 'send_message_to_all_agents_in_group'`,
    );
    const losses = await builtInToolsRule.run(built);
    assert.deepEqual(short(losses), [
      ['set aside', 'tools_agents', null, 1],
      ['set aside', 'tools', null, 1],
    ]);
    assert.deepEqual(losses[0]?.agents, [{ id: attached.agent_id, rows: 1 }]);
    assert.match(losses[1]?.reason ?? '', /0\.16\.8 has no built-in tool send_message_to_all_agents_in_group/);
    assert.deepEqual(await namesOf(built, `name like 'send_message_to_all%'`), []);
    for (const { wayBack } of losses.toReversed()) await built.query(wayBack?.split('\n').at(-1) ?? '');
    assert.deepEqual(await namesOf(built, `name like 'send_message_to_all%'`), ['send_message_to_all_agents_in_group']);
  });

  it('go downwards too, soft-deleted ones as well, and tools of unknown types', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8', { to: '0.11.3' });
    await built.query(
      `update tools set is_deleted = true where name = 'memory_apply_patch'; update tools set tool_type = 'letta_future_core' where name = 'web_search'`,
    );
    const before = await namesOf(built);
    const losses = await builtInToolsRule.run(built);
    assert.deepEqual(
      before.filter((name) => !['fetch_webpage', 'memory', 'memory_apply_patch', 'run_code_with_tools', 'web_search'].includes(name ?? '')),
      await namesOf(built),
    );
    assert.ok(losses.some(({ reason }) => reason.includes('of type letta_future_core')));
    assert.ok(
      losses.some(({ reason }) => reason.includes('no built-in tool fetch_webpage, memory, memory_apply_patch, run_code_with_tools')),
    );
    assert.deepEqual(await built.query('select 1 from tools_agents a where not exists (select from tools t where t.id = a.tool_id)'), []);
    assert.deepEqual(await builtInToolsRule.run(built), []);
  });
});

describe('tools that a listing would delete', () => {
  it('are repaired where one value is the reason, and logged', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    await built.query(
      `update tools set return_char_limit = null where name in ('memory', 'run_code'); update tools set return_char_limit = 2000000 where name = 'web_search';
       update tools set return_char_limit = 0 where name = 'fetch_webpage'; update tools set tags = 'null' where name = 'memory'`,
    );
    const losses = await malformedToolsRule.run(built);
    assert.deepEqual(short(losses), [
      ['derived', 'tools', 'return_char_limit', 2],
      ['derived', 'tools', 'return_char_limit', 2],
      ['derived', 'tools', 'tags', 1],
    ]);
    const limits = await built.query(
      `select name, return_char_limit as n, tags::text as tags from tools where name in ('memory', 'run_code', 'web_search', 'fetch_webpage') order by name`,
    );
    assert.deepEqual(
      limits.map(({ name, n }) => [name, n]),
      [
        ['fetch_webpage', 1],
        ['memory', 50_000],
        ['run_code', 50_000],
        ['web_search', 1_000_000],
      ],
    );
    assert.equal(limits[1]?.tags, '[]');
    assert.deepEqual(await built.query('select count(*) as n from lifeboat_source.altered'), [{ n: '5' }]);
    assert.deepEqual(await malformedToolsRule.run(built), []);
  });

  it('before 0.14.0 had no bounds for return_char_limit, and another default before 0.11.4', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8', { to: '0.11.3' });
    await built.query(
      `update tools set return_char_limit = null where name = 'memory'; update tools set return_char_limit = 2000000 where name = 'web_search'`,
    );
    const losses = await malformedToolsRule.run(built);
    assert.deepEqual(short(losses), [['derived', 'tools', 'return_char_limit', 1]]);
    assert.deepEqual(await built.query(`select return_char_limit as n from tools where name = 'memory'`), [{ n: 6000 }]);
  });

  it('are set aside where their form is the reason', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    const wrong = {
      id: `id = 'instrument-12345678'`,
      tags: `tags = '["a", 1]'`,
      json_schema: `json_schema = '[]'`,
      args_json_schema: `args_json_schema = '"x"'`,
      pip_requirements: `pip_requirements = '[{"name": ""}]'`,
      npm_requirements: `npm_requirements = '[{"name": "x", "version": 1}]'`,
    };
    for (const [what, set] of Object.entries(wrong))
      await built
        .query(
          `insert into tools (id, name, source_type, tags, organization_id, tool_type, is_deleted, return_char_limit) select 'tool-' || gen_random_uuid(), $1, 'python', '[]', organization_id, 'custom', false, 5 from tools limit 1`,
          [`wrong ${what}`],
        )
        .then(() => built.query(`update tools set ${set} where name = 'wrong ${what}'`));
    const losses = await malformedToolsRule.run(built);
    assert.deepEqual(
      losses.map(({ reason }) => /whose (\S+) cannot/.exec(reason)?.[1]),
      ['id', 'tags', 'json_schema', 'args_json_schema', 'pip_requirements', 'npm_requirements'],
    );
    assert.deepEqual(await namesOf(built, `name like 'wrong%'`), []);
  });

  it('had to have source and schema before 0.12.0', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8', { to: '0.11.3' });
    await built.query(
      `update tools set source_code = null where id in (select id from tools where tool_type = 'custom' order by id limit 1);
       update tools set json_schema = null where tool_type = 'external_mcp'`,
    );
    const [{ n: external } = { n: '' }] = await built.query(`select count(*) as n from tools where tool_type = 'external_mcp'`);
    const losses = await malformedToolsRule.run(built);
    assert.equal(losses.find(({ table }) => table === 'tools')?.rows, 1 + Number(external));
    assert.match(losses[0]?.reason ?? '', /missing source or schema/);
  });
});

describe('MCP servers with a URL that the target refuses', () => {
  it('are set aside with their sign-ins and links from 0.16.7 on, and named with the agents that use their tools', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.2', { to: '0.16.8' });
    const servers = await built.query('select id, server_name, server_url from mcp_server order by id');
    const [agent = { id: '' }] = await built.query('select id from agents order by id');
    const local = servers.filter(({ server_url }) => server_url?.includes('127.0.0.1'));
    assert.ok(local.length > 0);
    await built.query(
      `insert into tools (id, name, source_type, tags, organization_id, tool_type, is_deleted)
         select 'tool-' || gen_random_uuid(), 'of a server', 'python', json_build_array('mcp:' || server_name), organization_id, 'external_mcp', false from mcp_server where id = $1`,
      [local[0]?.id],
    );
    await built.query(`insert into tools_agents (agent_id, tool_id) select $1, id from tools where name = 'of a server'`, [agent.id]);
    await built.query(
      `insert into mcp_tools (id, mcp_server_id, tool_id, organization_id, is_deleted) select 'link', $1, id, organization_id, false from tools where name = 'of a server'`,
      [local[0]?.id],
    );
    await built.query('update mcp_oauth set server_id = $1', [local[0]?.id]);
    const losses = await mcpServersRule.run(built);
    assert.deepEqual(short(losses), [
      ['set aside', 'mcp_server', null, local.length],
      ['set aside', 'mcp_oauth', null, 1],
      ['set aside', 'mcp_tools', null, 1],
    ]);
    assert.deepEqual(losses[0]?.agents, [{ id: agent.id, rows: 1 }]);
    assert.match(losses[0]?.reason ?? '', /is not at a public address/);
    assert.equal((await built.query('select id from mcp_server')).length, servers.length - local.length);
  });

  it('stay for older targets', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8', { to: '0.16.5' });
    assert.deepEqual(await mcpServersRule.run(built), []);
    await built.query(
      `update mcp_server set server_url = 'localhost:3000/sse' where id = (select min(id) from mcp_server where server_url is not null)`,
    );
    assert.deepEqual(
      short(await mcpServersRule.run(built))
        .map(([, table]) => table)
        .slice(0, 1),
      ['mcp_server'],
    );
    assert.equal(mcpServersRule.applies(built.from), true);
  });
});

describe('databases that their own server wrote', () => {
  for (const name of ['letta-0.11.3', 'letta-0.16.2', 'letta-0.16.8'] as FixtureName[])
    it(`need none of the rules for tools (${name})`, async () => {
      await using built = await fixtureAsBuilt(name);
      assert.equal(built.to.revision, fixtureFacts(name).alembic_version);
      for (const rule of setAsideRules)
        if (rule !== mcpServersRule && rule.applies(built.to)) assert.deepEqual(await rule.run(built), [], rule.name);
    });
});
