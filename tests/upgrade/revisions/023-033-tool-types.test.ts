import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const tool = (number: number, name: string, given: object = {}) => ({
  id: id('tool', number),
  name,
  organization_id: defaultOrganization,
  source_type: 'python',
  json_schema: {},
  tags: [],
  ...given,
});
const before = [
  tool(1, 'send_message'),
  tool(2, 'core_memory_append'),
  tool(3, 'conversation_search_date'),
  tool(4, 'github', { tags: ['letta', 'composio'] }),
  tool(5, 'not github', { tags: [['composio'], { composio: 1 }, 'Composio'] }),
  tool(6, 'archival_memory_search', { tags: ['composio', 'a\u0000b'] }),
  tool(7, 'no list', { tags: 'composio' }),
];

describe('tools.tool_type', () => {
  const types = async (built: { query(sql: string): Promise<Record<string, string | null>[]> }) =>
    (await built.query('select tool_type from tools order by id')).map(({ tool_type }) => tool_type);

  it('of 0.6.9 is by name', async () => {
    await using built = await upgraded('915b68780108', 'cdb3db091113', { tools: before });
    assert.deepEqual(await types(built), ['letta_core', 'letta_memory_core', 'custom', 'custom', 'custom', 'letta_core', 'custom']);
    assert.deepEqual(await built.wrong(), []);
    await built.query(`update tools set tool_type = 'external_composio' where id = '${id('tool', 4)}'`);
    assert.equal((await built.wrong()).length, 1);
  });

  it('of 0.6.14 is Composio’s by tag; U+0000 in a tag does no harm', async () => {
    await using built = await upgraded('915b68780108', 'f895232c144a', { tools: before });
    assert.deepEqual(await types(built), [
      'letta_core',
      'letta_memory_core',
      'custom',
      'external_composio',
      'custom',
      'external_composio',
      'custom',
    ]);
    assert.deepEqual(await built.query('select distinct return_char_limit as n from tools'), [{ n: null }]);
    assert.deepEqual(await built.wrong(), []);
    await built.query(`update tools set tool_type = 'letta_core' where id = '${id('tool', 3)}'`);
    assert.equal((await built.wrong()).length, 2);
  });

  it('that are there stay, but for Composio’s', async () => {
    const tools = [
      tool(1, 'send_message', { tool_type: 'custom' }),
      tool(2, 'x', { tool_type: 'letta_multi_agent_core' }),
      { ...before[3], tool_type: 'custom' },
    ];
    await using built = await upgraded('416b9d2db10b', 'f895232c144a', { tools });
    assert.deepEqual(await types(built), ['custom', 'letta_multi_agent_core', 'external_composio']);
    assert.deepEqual(await built.wrong(), []);
  });
});

it('a91994b9752f: tools.return_char_limit is Letta’s 6000', async () => {
  await using built = await upgraded('3c683a662c82', 'a91994b9752f', { tools: before });
  assert.deepEqual(await built.query('select distinct return_char_limit as n from tools'), [{ n: '6000' }]);
  assert.deepEqual(await built.wrong(), []);
});
