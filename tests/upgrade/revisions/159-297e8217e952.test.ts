import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brought, jsonNull, named, unnoticed, vector } from './late-findings.ts';

const [below, above] = ['308a180244fc', '297e8217e952'];
const config = (embedding_model: string) => ({ embedding_model });
const passage = (id: string, of: object, embedding_config: unknown, embedding: string | null = null) => ({
  id,
  ...of,
  embedding_config,
  embedding,
  created_at: '2025-09-01 12:00:00+00',
});
const rows = {
  archives: [
    { id: 'own', embedding_config: config('own') },
    { id: 'told', embedding_config: null },
    { id: 'null', embedding_config: jsonNull },
    { id: 'untold', embedding_config: null },
  ],
  archival_passages: [
    passage('own text', { archive_id: 'own' }, null),
    passage('own null', { archive_id: 'own' }, jsonNull),
    passage('own vector', { archive_id: 'own' }, null, vector),
    passage('own other', { archive_id: 'own' }, config('other'), vector),
    passage('told sibling', { archive_id: 'told' }, config('sibling'), vector),
    passage('told vector', { archive_id: 'told' }, null, vector),
    passage('untold text', { archive_id: 'untold' }, null),
    passage('untold vector', { archive_id: 'untold' }, null, vector),
  ],
  agents: [{ id: 'ada', embedding_config: config('of ada') }],
  archives_agents: [{ archive_id: 'null', agent_id: 'ada', is_owner: true }],
  sources: [
    { id: 'folder', embedding_config: config('folder') },
    { id: 'mute', embedding_config: jsonNull },
  ],
  source_passages: [
    passage('text', { source_id: 'folder' }, null),
    passage('vector', { source_id: 'folder' }, null, vector),
    passage('whole', { source_id: 'folder' }, config('whole'), vector),
    passage('of mute', { source_id: 'mute' }, null, vector),
  ],
};

describe('297e8217e952: embedding configurations, downwards', () => {
  it('are told by what there is, and a passage without a vector says that it has none', async () => {
    await using built = await brought(above, below, rows);
    const model = (table: string) =>
      `select id, coalesce(embedding_config ->> 'embedding_model', embedding_config::text) as model from ${table} order by id`;
    assert.deepEqual(await built.query(model('archives')), [
      { id: 'null', model: 'of ada' },
      { id: 'own', model: 'own' },
      { id: 'told', model: 'sibling' },
    ]);
    assert.deepEqual(await built.query(model('archival_passages')), [
      { id: 'own null', model: 'null' },
      { id: 'own other', model: 'other' },
      { id: 'own text', model: 'null' },
      { id: 'own vector', model: 'own' },
      { id: 'told sibling', model: 'sibling' },
      { id: 'told vector', model: 'sibling' },
    ]);
    assert.deepEqual(await built.query(model('source_passages')), [
      { id: 'of mute', model: 'null' },
      { id: 'text', model: 'null' },
      { id: 'vector', model: 'folder' },
      { id: 'whole', model: 'whole' },
    ]);
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.archives'), [{ id: 'untold' }]);
    // Passages go with their archive.
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.archival_passages order by id'), [
      { id: 'untold text' },
      { id: 'untold vector' },
    ]);
    assert.deepEqual(await named(built), [
      'derived archival_passages.embedding_config: id=own text id=untold text',
      'derived archival_passages.embedding_config: id=own vector id=told vector id=untold vector',
      'derived archives.embedding_config: id=null id=told',
      'derived source_passages.embedding_config: id=of mute id=vector',
      'derived source_passages.embedding_config: id=text',
    ]);
    assert.deepEqual(await built.wrong(), []);
    const invented = `'{"embedding_model":"letta-free"}'`;
    assert.deepEqual(
      await unnoticed(built, [
        ...['own', 'told', 'null'].map((id) => `update archives set embedding_config = ${invented} where id = '${id}'`),
        `update archives set embedding_config = 'null' where id = 'told'`,
        ...['own text', 'own vector', 'own other', 'told vector', 'own null'].map(
          (id) => `update archival_passages set embedding_config = ${invented} where id = '${id}'`,
        ),
        `update archival_passages set embedding_config = 'null' where id = 'own vector'`,
        `update archival_passages set embedding_config = '{"embedding_model":"own"}' where id = 'told vector'`,
        ...['text', 'vector', 'whole', 'of mute'].map(
          (id) => `update source_passages set embedding_config = ${invented} where id = '${id}'`,
        ),
      ]),
      [],
    );
  });

  it('of archives are named only as lost where the target has none', async () => {
    await using built = await brought(above, 'c6c43222e2de', rows);
    assert.deepEqual(
      (await named(built)).filter((line) => line.includes(' archives')),
      ['dropped archives.embedding_config: id=own'],
    );
    assert.deepEqual(await built.query('select count(*) as n from archives'), [{ n: '4' }]);
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.archival_passages'), [{ id: 'untold vector' }]);
    assert.deepEqual(await built.wrong(), []);
  });
});
