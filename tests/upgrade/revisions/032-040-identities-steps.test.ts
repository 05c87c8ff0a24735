import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

describe('416b9d2db10b: job_usage_statistics become steps', () => {
  const job_usage_statistics = [1, 2, 3].map((number) => ({
    id: number,
    job_id: id('job', number % 2),
    total_tokens: number,
    step_count: 1,
  }));

  it('with ids of Letta’s form, the same at every upgrade, others for other jobs', async () => {
    await using built = await upgraded('25fc99e97839', '416b9d2db10b', { job_usage_statistics });
    const ids = (await built.query('select id from steps order by total_tokens')).map((row) => row.id);
    assert.equal(new Set(ids).size, 3);
    for (const each of ids) assert.match(each ?? '', /^step-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(await built.wrong(), []);
    await using again = await upgraded('25fc99e97839', '416b9d2db10b', { job_usage_statistics: job_usage_statistics.toReversed() });
    assert.deepEqual(
      (await again.query('select id from steps order by total_tokens')).map((row) => row.id),
      ids,
    );
    await again.query('update steps set id = (select max(id) from steps)');
    assert.notDeepEqual(await again.wrong(), []);
  });
});

describe('549eff097c71: identities of agents', () => {
  const identity = (number: number, given: object) => ({
    id: id('identity', number),
    identifier_key: `key ${number}`,
    name: 'n',
    identity_type: 'user',
    project_id: null,
    organization_id: defaultOrganization,
    created_at: '2025-02-14 00:00:00+00',
    ...given,
  });
  const agent = (number: number, identity_id: string | null, identifier_key: string | null) => ({
    id: id('agent', number),
    name: `${number}`,
    organization_id: defaultOrganization,
    message_buffer_autoclear: false,
    identity_id,
    identifier_key,
  });

  it('move into their table; what is gone is named', async () => {
    const rows = {
      identities: [identity(1, {}), identity(2, {})],
      agents: [
        agent(1, id('identity', 1), 'key 1'),
        agent(2, null, null),
        agent(3, id('identity', 9), null),
        agent(4, id('identity', 2), 'other'),
      ],
    };
    await using built = await upgraded('a3047a624130', '549eff097c71', rows);
    assert.deepEqual(await built.query('select identity_id, agent_id from identities_agents order by 1'), [
      { identity_id: id('identity', 1), agent_id: id('agent', 1) },
      { identity_id: id('identity', 2), agent_id: id('agent', 4) },
    ]);
    assert.deepEqual(await built.query('select distinct properties::text as p from identities'), [{ p: '[]' }]);
    assert.deepEqual(await built.losses(), {
      'dropped agents.identity_id': [`id=${id('agent', 3)}`],
      'dropped agents.identifier_key': [`id=${id('agent', 4)}`],
    });
    assert.deepEqual(await built.wrong(), []);
    await built.query('delete from identities_agents where ctid = (select min(ctid) from identities_agents)');
    assert.equal((await built.wrong()).length, 1);
  });

  it('of one key without project are told apart, the oldest keeps it', async () => {
    const rows = {
      identities: [
        identity(1, { identifier_key: 'ann', created_at: '2025-02-15 00:00:00+00' }),
        identity(2, { identifier_key: 'ann' }),
        identity(3, { identifier_key: 'ann', is_deleted: true, created_at: '2025-01-01 00:00:00+00' }),
        identity(4, { identifier_key: 'ann', project_id: '' }),
        identity(5, { identifier_key: 'ann', organization_id: id('org', 1) }),
        identity(6, { identifier_key: 'ann_3' }),
      ],
    };
    await using built = await upgraded('a3047a624130', '549eff097c71', rows);
    assert.deepEqual(
      (await built.query('select identifier_key as k from identities order by id')).map(({ k }) => k),
      ['ann_2', 'ann', `ann_${id('identity', 3)}`, 'ann', 'ann', 'ann_3'],
    );
    assert.deepEqual(await built.losses(), { 'derived identities.identifier_key': [1, 3].map((number) => `id=${id('identity', number)}`) });
    assert.deepEqual(await built.wrong(), []);
    await built.query(`update identities set identifier_key = 'ann' where id = '${id('identity', 1)}'`);
    assert.equal((await built.wrong()).length, 2);
  });

  it('keep their properties when jsonb becomes json', async () => {
    const rows = { identities: [identity(1, { properties: [{ key: 'a', value: 1.5 }] })] };
    await using built = await upgraded('549eff097c71', 'fdcdafdb11cf', rows);
    assert.deepEqual(await built.query('select properties::text as p from identities'), [{ p: '[{"key": "a", "value": 1.5}]' }]);
    assert.deepEqual(await built.wrong(), []);
  });
});
