import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const vector = `[${Array.from({ length: 4096 }, (_, index) => index % 7).join(',')}]`;
const agents = [1, 2].map((number) => ({ id: id('agent', number), name: `${number}`, user_id: id('user', 1) }));
const sources = [{ id: id('source', 1), name: 'handbook', organization_id: defaultOrganization, embedding_config: {} }];
const files = [{ id: id('file', 1), source_id: id('source', 1), file_name: 'a.pdf', organization_id: defaultOrganization }];
const agent_source_mapping = [{ id: 'm', user_id: 'u', agent_id: id('agent', 1), source_id: id('source', 1) }];
const passage = (number: number, given: object) => ({
  id: id('passage', number),
  text: `text ${number}`,
  embedding: vector,
  embedding_config: { embedding_dim: 3 },
  metadata_: { a: 1 },
  created_at: '2024-12-01 00:00:00+00',
  organization_id: defaultOrganization,
  agent_id: null,
  source_id: null,
  file_id: null,
  ...given,
});
const rows = {
  organizations: [{ id: defaultOrganization, name: 'default' }],
  users: [{ id: id('user', 1), name: 'u', organization_id: defaultOrganization }],
  agents,
  sources,
  files,
  agent_source_mapping,
  passages: [
    passage(1, { agent_id: id('agent', 1) }),
    passage(2, { agent_id: id('agent', 2), source_id: id('source', 9), file_id: id('file', 9), is_deleted: true }),
    passage(3, { source_id: id('source', 1), file_id: id('file', 1) }),
    passage(4, { agent_id: id('agent', 1), source_id: id('source', 1), file_id: id('file', 9) }),
    passage(5, { agent_id: id('agent', 2), source_id: id('source', 1) }),
    passage(6, {}),
    passage(7, { agent_id: id('agent', 9) }),
  ],
};
const numbers = (list: Record<string, string | null>[]): number[] => list.map((row) => Number.parseInt(row.id?.slice(-4) ?? '', 16));

describe('54dec07619c4: passages', () => {
  it('all come along: the agents’ own, the sources’, and what has no place is set aside', async () => {
    await using built = await upgraded('c5d964280dff', '54dec07619c4', rows);
    assert.deepEqual(numbers(await built.query('select id from agent_passages order by id')), [1, 2, 7]);
    assert.deepEqual(numbers(await built.query('select id from source_passages order by id')), [3, 4, 5]);
    assert.deepEqual(numbers(await built.query('select id from lifeboat_set_aside.source_passages')), [6]);
    assert.deepEqual(await built.query('select file_id from source_passages order by id'), [
      { file_id: id('file', 1) },
      { file_id: null },
      { file_id: null },
    ]);
    assert.deepEqual(await built.query('select count(*) as n from agent_passages where is_deleted'), [{ n: '1' }]);
    assert.deepEqual(await built.query(`select count(*) as n from source_passages where embedding::text = '${vector}'`), [{ n: '3' }]);
    assert.deepEqual(await built.losses(), {
      'dropped passages.agent_id': [`id=${id('passage', 5)}`],
      'dropped passages.source_id': [`id=${id('passage', 2)}`],
      'dropped passages.file_id': [`id=${id('passage', 2)}`, `id=${id('passage', 4)}`],
    });
    assert.deepEqual(await built.wrong(), []);
  });

  it('of 0.6.0 come along too, without what 0.6.3 demands they are set aside', async () => {
    const user = { user_id: id('user', 1) };
    const old = rows.passages
      .slice(0, 5)
      .map(({ organization_id: _, is_deleted: __, ...given }: Record<string, unknown>) => ({ ...given, ...user }));
    const { organization_id: _, ...empty } = { ...passage(8, { agent_id: id('agent', 1), text: null }), ...user };
    await using built = await upgraded('5987401b40ae', '05c3bc564286', { ...rows, passages: [...old, empty] });
    assert.deepEqual(numbers(await built.query('select id from archival_passages order by id')), [1, 2]);
    assert.deepEqual(numbers(await built.query('select id from source_passages order by id')), [3, 4, 5]);
    assert.deepEqual(numbers(await built.query('select id from lifeboat_set_aside.archival_passages')), [8]);
    assert.deepEqual(await built.query('select distinct _created_by_id as by from archival_passages'), [{ by: id('user', 1) }]);
    assert.deepEqual(await built.wrong(), []);
  });

  it('a value that all carry, one that only one table carries, and a missing row are found', async () => {
    await using built = await upgraded('c5d964280dff', '54dec07619c4', rows);
    for (const change of [
      `update agent_passages set text = 'other' where id = '${id('passage', 1)}'`,
      `update agent_passages set agent_id = '${id('agent', 2)}' where id = '${id('passage', 1)}'`,
      `update source_passages set source_id = 'x' where id = '${id('passage', 3)}'`,
      `update source_passages set file_id = null where id = '${id('passage', 3)}'`,
      `delete from agent_passages where id = '${id('passage', 7)}'`,
    ]) {
      await built.query('begin');
      await built.query(change);
      assert.notDeepEqual(await built.wrong(), [], change);
      await built.query('rollback');
    }
  });
});
