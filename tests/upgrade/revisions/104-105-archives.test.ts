import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const other = id('org', 1);
const agent = (number: number, name: string | null, given: object = {}) => ({
  id: id('agent', number),
  name,
  organization_id: defaultOrganization,
  created_at: '2025-01-01 00:00:00+00',
  ...given,
});
const passage = (number: number, agentNumber: number, given: object = {}) => ({
  id: id('passage', number),
  text: `text ${number}`,
  embedding_config: {},
  metadata_: {},
  agent_id: id('agent', agentNumber),
  organization_id: defaultOrganization,
  created_at: `2025-02-0${number} 00:00:00+00`,
  ...given,
});
const rows = {
  agents: [
    agent(1, 'Ada'),
    agent(2, 'Ada'),
    agent(3, ''),
    agent(4, null, { organization_id: other }),
    agent(5, 'without memories'),
    agent(6, 'no dates', { created_at: null }),
  ],
  agent_passages: [
    passage(2, 1),
    passage(1, 1, { is_deleted: true }),
    passage(3, 2),
    passage(4, 3, { is_deleted: true }),
    passage(5, 4, { created_at: null }),
    passage(6, 9, { organization_id: other }),
    passage(7, 6, { created_at: null }),
  ],
};
const [from, to] = ['15b577c62f3f', '74e860718e0d'];

describe('74e860718e0d: archives', () => {
  it('every agent with memories has one, and deleted memories are in it too', async () => {
    await using built = await upgraded(from, to, rows);
    const archives = await built.query(
      `select r.name, r.description, r.organization_id, r.created_at at time zone 'UTC' as at, l.agent_id, l.is_owner, l.created_at = r.created_at as same,
              (select string_agg(right(p.id, 1), ',' order by p.id) from archival_passages p where p.archive_id = r.id) as passages
         from archives r left join archives_agents l on l.archive_id = r.id order by passages`,
    );
    const text = 'Default archive created during migration';
    const row = (name: string, organization: string, at: string, agentNumber: number | null, passages: string) =>
      agentNumber === null
        ? [name, text, organization, at, null, null, null, passages]
        : [name, text, organization, at, id('agent', agentNumber), 't', 't', passages];
    assert.deepEqual(
      archives.map((each) => Object.values(each)),
      [
        row(`Ada's Archive`, defaultOrganization, '2025-02-01 00:00:00', 1, '1,2'),
        row(`Ada's Archive`, defaultOrganization, '2025-02-03 00:00:00', 2, '3'),
        row(`Agent ${id('agent', 3)}'s Archive`, defaultOrganization, '2025-02-04 00:00:00', 3, '4'),
        row(`Agent ${id('agent', 4)}'s Archive`, other, '2025-01-01 00:00:00', 4, '5'),
        row(`Agent ${id('agent', 9)}'s Archive`, other, '2025-02-06 00:00:00', null, '6'),
        row(`no dates's Archive`, defaultOrganization, '2025-07-30 00:00:00', 6, '7'),
      ],
    );
    for (const { id: each } of await built.query('select id from archives')) {
      assert.match(each ?? '', /^archive-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    assert.deepEqual(await built.query('select count(*) as n from archival_passages where is_deleted'), [{ n: '2' }]);
    assert.deepEqual(await built.losses(), {
      'derived archives': [`agent_id=${id('agent', 9)}`],
      'derived archives.created_at': [`agent_id=${id('agent', 6)}`],
    });
    assert.deepEqual(await built.wrong(), []);
  });

  it('has the same ids at every upgrade', async () => {
    await using one = await upgraded(from, to, rows);
    await using two = await upgraded(from, to, { ...rows, agent_passages: rows.agent_passages.toReversed() });
    const ids = 'select id, archive_id from archival_passages order by id';
    assert.deepEqual(await one.query(ids), await two.query(ids));
  });

  it('memories in another agent’s archive, an archive too many and an owner too few are found', async () => {
    await using built = await upgraded(from, to, rows);
    const archiveOf = (number: number) => `(select archive_id from archival_passages where id = '${id('passage', number)}')`;
    for (const change of [
      `update archival_passages set archive_id = ${archiveOf(3)} where id = '${id('passage', 1)}'`,
      `update archival_passages set archive_id = ${archiveOf(6)} where id = '${id('passage', 3)}'`,
      `update archival_passages set archive_id = 'archive-x' where id = '${id('passage', 6)}'`,
      `update archival_passages set archive_id = case when id = '${id('passage', 3)}' then ${archiveOf(4)} else ${archiveOf(3)} end where id in ('${id('passage', 3)}', '${id('passage', 4)}')`,
      `insert into archives (id, name, organization_id) values ('archive-x', 'x', '${other}')`,
      `delete from archives where id = ${archiveOf(6)}`,
      `delete from archives_agents where agent_id = '${id('agent', 1)}'`,
      `update archives_agents set agent_id = '${id('agent', 5)}' where agent_id = '${id('agent', 3)}'`,
      `insert into archives_agents (agent_id, archive_id, is_owner) select '${id('agent', 5)}', ${archiveOf(6)}, true`,
    ]) {
      await built.query('begin');
      await built.query(change);
      assert.notDeepEqual(await built.wrong(), [], change);
      await built.query('rollback');
    }
  });
});

it('15b577c62f3f: agents of template projects are hidden, of others nothing is said', async () => {
  const agents = ['templates-1', 'templates', 'x templates-1', 'templates_1', null].map((project_id, index) => ({
    ...agent(index, 'x'),
    message_buffer_autoclear: false,
    project_id,
  }));
  await using built = await upgraded('06fbbf65d4f1', from, { agents });
  assert.deepEqual(
    (await built.query('select hidden from agents order by id')).map(({ hidden }) => hidden),
    ['t', null, null, null, null],
  );
  assert.deepEqual(await built.wrong(), []);
});
