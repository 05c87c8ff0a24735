import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const [first, second] = [id('org', 1), id('org', 2)];
const organizations = [
  { id: first, name: 'first', created_at: '2024-01-01', is_deleted: true },
  { id: second, name: 'second', created_at: '2024-02-01' },
  { id: defaultOrganization, name: 'default', created_at: null },
];
const users = [
  { id: id('user', 1), name: 'one', organization_id: first },
  { id: id('user', 2), name: 'two', organization_id: second },
];
const agents = [
  { id: id('agent', 1), user_id: id('user', 1), name: 'of one' },
  { id: id('agent', 2), user_id: id('user', 99), name: 'of the gone, with a block' },
  { id: id('agent', 3), user_id: id('user', 99), name: 'of the gone' },
];
const block = [{ id: id('block', 1), label: 'human', value: '', limit: 1, is_template: false, organization_id: second }];
const blocks_agents = [{ agent_id: id('agent', 2), block_id: id('block', 1), block_label: 'human', id: 'x' }];
const messages = [
  { id: id('message', 1), user_id: id('user', 2), agent_id: id('agent', 1), role: 'user', tool_calls: [{ id: 'a' }] },
  { id: id('message', 2), user_id: id('user', 99), agent_id: id('agent', 1), role: 'user', tool_calls: null },
  { id: id('message', 3), user_id: id('user', 99), agent_id: id('agent', 2), role: 'user' },
  { id: id('message', 4), user_id: id('user', 99), agent_id: id('agent', 99), role: 'user' },
];
const sources = [{ id: id('source', 1), name: 's', organization_id: first, embedding_config: {} }];
const passage = (number: number, given: object) => ({
  id: id('passage', number),
  text: 'x',
  embedding_config: {},
  metadata_: {},
  created_at: '2024-12-01',
  ...given,
});
const passages = [
  passage(1, { user_id: id('user', 2), agent_id: id('agent', 1) }),
  passage(2, { user_id: id('user', 99), agent_id: id('agent', 1), metadata_: null }),
  passage(3, { user_id: id('user', 99), source_id: id('source', 1) }),
  passage(4, { user_id: id('user', 99) }),
];
const rows = { organizations, users, agents, block, blocks_agents, messages, sources, passages };

describe('organizations of rows that knew only their user', () => {
  it('are the user’s, else those of what the row belongs to, else the default one', async () => {
    await using built = await upgraded('5987401b40ae', 'c5d964280dff', rows);
    const of = async (table: string) =>
      (await built.query(`select organization_id from ${table} order by id`)).map(({ organization_id }) => organization_id);
    assert.deepEqual(await of('messages'), [second, first, second, defaultOrganization]);
    assert.deepEqual(await of('passages'), [second, first, first, defaultOrganization]);
    assert.deepEqual(await built.losses(), {
      'derived messages.organization_id': [2, 3, 4].map((number) => `id=${id('message', number)}`),
      'derived messages.tool_calls': [2, 3, 4].map((number) => `id=${id('message', number)}`),
      'derived passages.organization_id': [2, 3, 4].map((number) => `id=${id('passage', number)}`),
      'derived passages.metadata_': [`id=${id('passage', 2)}`],
    });
    assert.deepEqual(await built.query(`select tool_calls::text as c from messages order by id`), [
      { c: '[{"id":"a"}]' },
      { c: '[]' },
      { c: '[]' },
      { c: '[]' },
    ]);
    assert.deepEqual(await built.query(`select _created_by_id as by from passages where id = '${id('passage', 4)}'`), [
      { by: id('user', 99) },
    ]);
    assert.deepEqual(await built.wrong(), []);
  });

  it('of agents come from their memory blocks when the user is gone', async () => {
    await using built = await upgraded('c5d964280dff', 'd05669b60ebe', { organizations, users, agents, block, blocks_agents });
    assert.deepEqual(
      (await built.query('select organization_id, _created_by_id from agents order by id')).map((row) => Object.values(row)),
      [
        [first, id('user', 1)],
        [second, id('user', 99)],
        [defaultOrganization, id('user', 99)],
      ],
    );
    assert.deepEqual(await built.losses(), { 'derived agents.organization_id': [2, 3].map((number) => `id=${id('agent', number)}`) });
    assert.deepEqual(await built.wrong(), []);
  });

  it('are the oldest one’s that is not deleted where there is no default, and rows are set aside where there is none', async () => {
    const gone = messages[3]!;
    await using old = await upgraded('5987401b40ae', 'a91994b9752f', { organizations: organizations.slice(0, 2), messages: [gone] });
    assert.deepEqual(await old.query('select organization_id from messages'), [{ organization_id: second }]);
    await using none = await upgraded('5987401b40ae', 'a91994b9752f', { messages: [gone] });
    assert.deepEqual(await none.query('select id from messages'), []);
    assert.deepEqual(await none.query('select id from lifeboat_set_aside.messages'), [{ id: gone.id }]);
    assert.deepEqual(await none.wrong(), []);
  });

  it('agents of one name stay two: what forbids it goes with 0.6.9', async () => {
    const twins = agents.map((agent) => ({ ...agent, name: 'twin' }));
    await using built = await upgraded('5987401b40ae', 'cdb3db091113', { organizations, users, agents: twins });
    assert.deepEqual(await built.query('select count(*) as n from agents'), [{ n: '3' }]);
    assert.deepEqual(await built.wrong(), []);
  });
});
