import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { id } from './early-ids.ts';

const [here, elsewhere] = [id('org', 1), id('org', 2)];
const organizations = [
  { id: here, name: 'here' },
  { id: elsewhere, name: 'elsewhere' },
];
const users = [
  { id: id('user', 1), name: 'u', organization_id: here },
  { id: id('user', 2), name: 'v', organization_id: elsewhere },
];
const agent = (number: number, tool_names: unknown, user = 1) => ({
  id: id('agent', number),
  name: `${number}`,
  user_id: id('user', user),
  tool_names,
});
const tool = (number: number, name: string, organization_id: string, is_deleted = false) => ({
  id: id('tool', number),
  name,
  organization_id,
  is_deleted,
  source_type: 'python',
  json_schema: {},
  tags: [],
});
const tools = [tool(1, 'weather', here), tool(2, 'weather', elsewhere), tool(3, 'old', here, true), tool(4, 'send_message', here)];
const link = (agentNumber: number, toolNumber: number) => ({
  agent_id: id('agent', agentNumber),
  tool_id: id('tool', toolNumber),
  tool_name: 'x',
  id: 'x',
});
const pairs = (rows: Record<string, string | null>[]): string[] =>
  rows.map((row) =>
    Object.values(row)
      .map((value) => Number.parseInt(value?.slice(-4) ?? '', 16))
      .join('-'),
  );

describe('d05669b60ebe: what agents had attached', () => {
  it('tools come from tool_names, in the organization of the agent’s user', async () => {
    const agents = [
      agent(1, ['weather', 'send_message', 'weather']),
      agent(2, ['weather'], 2),
      agent(3, ['weather', 'unknown', 'old']),
      agent(4, null),
      agent(5, 'weather'),
      agent(6, ['a\u0000b', 'weather']),
      agent(7, []),
    ];
    await using built = await upgraded('5987401b40ae', 'd05669b60ebe', { organizations, users, agents, tools });
    assert.deepEqual(pairs(await built.query('select agent_id, tool_id from tools_agents order by 1, 2')), ['1-1', '1-4', '2-2', '3-1']);
    assert.deepEqual(await built.losses(), { 'dropped agents.tool_names': [3, 5, 6].map((number) => `id=${id('agent', number)}`) });
    assert.deepEqual(await built.wrong(), []);
  });

  it('links that someone put into tools_agents stay, and are told from those by name', async () => {
    const rows = {
      organizations,
      users,
      agents: [agent(1, ['weather']), agent(2, ['weather'], 2)],
      tools,
      tools_agents: [link(1, 1), link(2, 4)],
    };
    await using built = await upgraded('c5d964280dff', 'd05669b60ebe', rows);
    assert.deepEqual(pairs(await built.query('select agent_id, tool_id from tools_agents order by 1, 2')), ['1-1', '2-2', '2-4']);
    assert.deepEqual(await built.wrong(), []);
    await built.query(`insert into tools_agents values ('${id('agent', 1)}', '${id('tool', 4)}')`);
    assert.notDeepEqual(await built.wrong(), []);
    await built.query('delete from tools_agents');
    assert.notDeepEqual(await built.wrong(), []);
  });

  it('sources come from agent_source_mapping, each once; what is gone is named', async () => {
    const sources = [{ id: id('source', 1), name: 's', organization_id: here, embedding_config: {} }];
    const map = (number: number, agentNumber: number, source: number) => ({
      id: `m${number}`,
      user_id: 'u',
      agent_id: id('agent', agentNumber),
      source_id: id('source', source),
    });
    const agent_source_mapping = [map(1, 1, 1), map(2, 1, 1), map(3, 9, 1), map(4, 1, 9)];
    await using built = await upgraded('c5d964280dff', '54dec07619c4', {
      organizations,
      users,
      agents: [agent(1, null)],
      sources,
      agent_source_mapping,
    });
    assert.deepEqual(pairs(await built.query('select agent_id, source_id from sources_agents')), ['1-1']);
    assert.deepEqual(await built.losses(), { 'dropped agent_source_mapping': ['id=m3', 'id=m4'] });
    assert.deepEqual(await built.wrong(), []);
    await built.query('insert into sources_agents select * from sources_agents');
    assert.notDeepEqual(await built.wrong(), []);
  });
});
