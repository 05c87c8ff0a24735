import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planUpgrade } from '../../../src/upgrade/plan-upgrade.ts';
import { revisionSteps } from '../../../src/upgrade/steps.ts';
import { schemaFor } from '../populate.ts';
import { brought, jsonNull, named, unnoticed } from './late-findings.ts';

const [below, above, emptyAllowed] = ['c6c43222e2de', 'f6cd5a1e519d', '297e8217e952'];
const config = (embedding_model: string) => ({ embedding_model });
const passage = (id: string, archive_id: string, day: number | null, embedding_config: unknown = config(id), is_deleted = false) => ({
  id,
  archive_id,
  embedding_config,
  is_deleted,
  created_at: day === null ? null : `2025-09-0${day} 12:00:00+00`,
});
const attached = (archive_id: string, agent_id: string, is_owner = true) => ({ archive_id, agent_id, is_owner });

const rows = {
  archives: ['agents only', 'deleted', 'live', 'nothing', 'same time', 'timeless', 'unknown'].map((id) => ({ id, name: id })),
  archival_passages: [
    passage('live 2', 'live', 2),
    passage('live 1', 'live', 1),
    passage('live 0', 'live', null),
    passage('gone earlier', 'live', 1, config('gone earlier'), true),
    passage('gone 2', 'deleted', 2, config('gone 2'), true),
    passage('gone 1', 'deleted', 1, config('gone 1'), true),
    passage('b', 'same time', 1),
    passage('a', 'same time', 1),
    passage('d', 'timeless', null),
    passage('c', 'timeless', null),
    passage('says nothing', 'unknown', 1, jsonNull),
  ],
  agents: [
    { id: 'agent-a', embedding_config: config('of a') },
    { id: 'agent-b', embedding_config: config('of b') },
    { id: 'agent-null', embedding_config: jsonNull },
    { id: 'agent-other', embedding_config: config('of another') },
  ],
  archives_agents: [
    attached('agents only', 'agent-a', false),
    attached('agents only', 'agent-b', true),
    attached('live', 'agent-other'),
    attached('nothing', 'agent-null'),
  ],
  passage_tags: ['live 1', 'says nothing'].map((passage_id) => ({
    id: `tag of ${passage_id}`,
    passage_id,
    archive_id: passage_id === 'live 1' ? 'live' : 'unknown',
  })),
};
const configs = [
  { id: 'agents only', model: 'of b' },
  { id: 'deleted', model: 'gone 1' },
  { id: 'live', model: 'live 1' },
  { id: 'same time', model: 'a' },
  { id: 'timeless', model: 'c' },
];
const models = `select id, embedding_config ->> 'embedding_model' as model from archives order by id`;

describe('f6cd5a1e519d: how an archive is embedded', () => {
  it('is told by its passages, else by its agent, else it is set aside and nothing is invented', async () => {
    await using built = await brought(below, above, rows);
    assert.deepEqual(await built.query(models), configs);
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.archives order by id'), [{ id: 'nothing' }, { id: 'unknown' }]);
    // What belongs to them goes with them.
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.archival_passages'), [{ id: 'says nothing' }]);
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.passage_tags'), [{ id: 'tag of says nothing' }]);
    assert.deepEqual(await built.query('select archive_id from lifeboat_set_aside.archives_agents'), [{ archive_id: 'nothing' }]);
    assert.deepEqual(await named(built), [
      'derived archives.embedding_config: id=agents only',
      'derived archives.embedding_config: id=deleted',
    ]);
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await unnoticed(
        built,
        ['live 2', 'gone 2', 'gone earlier', 'b', 'd', 'of another', 'letta-free'].map(
          (model) =>
            `update archives set embedding_config = '{"embedding_model":"${model}"}' where embedding_config ->> 'embedding_model' in ('live 1', 'gone 1', 'a', 'c')`,
        ),
      ),
      [],
    );
    assert.deepEqual(
      await unnoticed(built, [
        `update archives set embedding_config = '{"embedding_model":"of another"}' where id = 'agents only'`,
        `update archives set embedding_config = '{"embedding_model":"live 2"}' where id = 'live'`,
        `update archives set embedding_config = '{"embedding_model":"gone 2"}' where id = 'deleted'`,
        `update archives set embedding_config = '{"embedding_model":"b"}' where id = 'same time'`,
        `update archives set embedding_config = '{"embedding_model":"d"}' where id = 'timeless'`,
      ]),
      [],
    );
  });

  it('may be unknown from 0.16.4 on', async () => {
    await using built = await brought(below, emptyAllowed, rows);
    const empty = [
      { id: 'nothing', model: null },
      { id: 'unknown', model: null },
    ];
    assert.deepEqual(
      await built.query(models),
      [...configs, ...empty].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    assert.deepEqual((await named(built)).at(-1), 'derived archives.embedding_config: id=nothing id=unknown');
    assert.deepEqual(await built.wrong(), []);
    assert.deepEqual(
      await unnoticed(built, [
        `update archives set embedding_config = '{"embedding_model":"letta-free"}' where id = 'nothing'`,
        `update archives set embedding_config = null where id = 'live'`,
      ]),
      [],
    );
  });

  it('is computed afresh where upstream’s upgrade stopped half-way, and what that left is named', () => {
    const plan = planUpgrade(schemaFor(below, { wedge: true }), below, emptyAllowed, revisionSteps);
    assert.deepEqual(
      plan.drops.map(({ table, column, reason }) => [table, column, reason]),
      [['archives', 'embedding_config', 'left behind by an upgrade that did not finish: not taken over, but computed afresh']],
    );
  });

  it('is lost on the way down only where it could not be told again', async () => {
    const archives = rows.archives.map((archive) => ({
      ...archive,
      embedding_config: config(archive.id === 'live' ? 'own' : (configs.find(({ id }) => id === archive.id)?.model ?? 'own')),
    }));
    await using built = await brought(above, below, { ...rows, archives });
    assert.deepEqual(await named(built), ['dropped archives.embedding_config: id=live id=nothing id=unknown']);
    assert.deepEqual(built.plan.drops, []);
    assert.deepEqual(await built.wrong(), []);
  });
});
