import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const agent = (number: number, created_at: string | null) => ({
  id: id('agent', number),
  name: 'x',
  organization_id: defaultOrganization,
  created_at,
});
const group = (number: number) => ({
  id: id('group', number),
  description: '',
  manager_type: 'round_robin',
  organization_id: defaultOrganization,
});
const member = (groupNumber: number, agentNumber: number) => ({ group_id: id('group', groupNumber), agent_id: id('agent', agentNumber) });
const rows = {
  agents: [agent(1, '2025-03-02'), agent(2, '2025-03-01'), agent(3, null), agent(4, '2025-03-02')],
  groups: [group(1), group(2), group(3)],
  groups_agents: [member(1, 3), member(1, 4), member(1, 2), member(1, 1), member(2, 1), member(2, 9)],
};

describe('a66510f83fc2: groups.agent_ids', () => {
  it('lists the members by age, and says that their order was nowhere', async () => {
    await using built = await upgraded('bdddd421ec41', 'a66510f83fc2', rows);
    const lists = (await built.query('select agent_ids::text as ids from groups order by id')).map(({ ids }) => JSON.parse(ids ?? ''));
    assert.deepEqual(lists, [[2, 1, 4, 3].map((number) => id('agent', number)), [1, 9].map((number) => id('agent', number)), []]);
    assert.deepEqual(await built.losses(), { 'derived groups.agent_ids': [1, 2].map((number) => `id=${id('group', number)}`) });
    assert.deepEqual(await built.wrong(), []);
  });

  it('a member too few, too many, twice or at another place is found', async () => {
    await using built = await upgraded('bdddd421ec41', 'a66510f83fc2', rows);
    const all = [2, 1, 4, 3].map((number) => id('agent', number));
    for (const list of [all.slice(1), [...all, id('agent', 9)], [...all, all[3]], [all[1], all[0], all[2], all[3]], {}, null]) {
      await built.query('begin');
      await built.query(`update groups set agent_ids = '${JSON.stringify(list)}' where id = '${id('group', 1)}'`);
      assert.notDeepEqual(await built.wrong(), [], JSON.stringify(list));
      await built.query('rollback');
    }
  });
});
