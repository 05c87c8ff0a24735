import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgraded } from './early-harness.ts';
import { defaultOrganization, id } from './early-ids.ts';

const source = (number: number, name: string, given: object = {}) => ({
  id: id('source', number),
  name,
  organization_id: defaultOrganization,
  embedding_config: {},
  created_at: `2025-06-0${number}`,
  ...given,
});
const file = (number: number, file_name: string | null, sourceNumber = 1) => ({
  id: id('file', number),
  file_name,
  source_id: id('source', sourceNumber),
  organization_id: defaultOrganization,
});
const view = (number: number, fileNumber: number, agentNumber = 1, given: object = {}) => ({
  id: id('file_agent', number),
  file_id: id('file', fileNumber),
  agent_id: id('agent', agentNumber),
  is_open: true,
  last_accessed_at: '2025-06-01',
  created_at: `2025-06-0${number}`,
  organization_id: defaultOrganization,
  ...given,
});
const passage = (number: number, file_id: string | null) => ({
  id: id('passage', number),
  text: 'x',
  embedding_config: {},
  metadata_: {},
  source_id: id('source', 1),
  file_id,
  organization_id: defaultOrganization,
});
const rows = {
  sources: [source(1, 'handbook'), source(2, 'wiki')],
  files: [file(1, 'a.pdf'), file(2, 'a.pdf', 2), file(3, null), file(4, 'a.pdf_2', 2)],
  files_agents: [view(1, 1), view(2, 2), view(3, 3), view(4, 2, 2), view(5, 4)],
  source_passages: [passage(1, id('file', 1)), passage(2, null), passage(3, id('file', 3)), passage(4, id('file', 9))],
};

describe('files and their passages on the way to 0.8.14', () => {
  it('are named as their file, told apart within an agent, and know their source', async () => {
    await using built = await upgraded('614c4e53b66e', '495f3f474131', rows);
    assert.deepEqual(
      (await built.query('select file_name, source_id from files_agents order by id')).map((row) => Object.values(row)),
      [
        ['a.pdf', id('source', 1)],
        [`a.pdf_${id('file_agent', 2)}`, id('source', 2)],
        ['a.pdf', id('source', 2)],
        ['a.pdf_2', id('source', 2)],
      ],
    );
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.files_agents'), [{ id: id('file_agent', 3) }]);
    assert.deepEqual(await built.query('select count(*) as n from files'), [{ n: '4' }]);
    assert.deepEqual(
      (await built.query('select file_name from source_passages order by id')).map((row) => row.file_name),
      ['a.pdf', 'handbook', 'handbook', 'handbook'],
    );
    assert.deepEqual(await built.losses(), {
      'derived files_agents.file_name': [`id=${id('file_agent', 2)}`],
      'derived source_passages.file_name': [2, 3, 4].map((number) => `id=${id('passage', number)}`),
    });
    assert.deepEqual(await built.wrong(), []);
  });

  it('views of a file that is gone wait aside', async () => {
    await using built = await upgraded('614c4e53b66e', '495f3f474131', { ...rows, files: [] });
    assert.deepEqual(await built.query('select id from files_agents'), []);
    assert.deepEqual(await built.query('select count(*) as n from lifeboat_set_aside.files_agents'), [{ n: '5' }]);
    assert.deepEqual(await built.wrong(), []);
  });
});

describe('46699adc71a7: sources of one name', () => {
  const same = {
    sources: [
      source(1, 'notes', { created_at: null }),
      source(2, 'notes'),
      source(3, 'notes', { created_at: '2025-06-02' }),
      source(4, 'notes', { organization_id: id('org', 1) }),
      source(5, 'notes_2', { organization_id: id('org', 1) }),
      source(6, 'notes', { organization_id: id('org', 1) }),
      source(7, 'other'),
    ],
    source_passages: [passage(1, null)],
  };

  it('are numbered by age as upstream does, past names that are taken', async () => {
    await using built = await upgraded('51999513bcf1', '56254216524f', {
      ...same,
      source_passages: [{ ...passage(1, null), file_name: 'x' }],
    });
    assert.deepEqual(
      (await built.query('select name from sources order by id')).map(({ name }) => name),
      ['notes_3', 'notes', 'notes_2', 'notes', 'notes_2', `notes_${id('source', 6)}`, 'other'],
    );
    assert.deepEqual(await built.losses(), { 'derived sources.name': [1, 3, 6].map((number) => `id=${id('source', number)}`) });
    assert.deepEqual(await built.wrong(), []);
    for (const [number, name] of [
      [7, 'notes'],
      [7, 'others'],
      [3, 'notes_4'],
      [2, 'notes_1'],
    ] as const) {
      await built.query('begin');
      await built.query(`update sources set name = '${name}' where id = '${id('source', number)}'`);
      assert.notDeepEqual(await built.wrong(), [], name);
      await built.query('rollback');
    }
  });
});

describe('60ed28ee7138: steps.project_id', () => {
  it('is the agent’s, where there is one', async () => {
    const agent = (number: number, project_id: string | null) => ({
      id: id('agent', number),
      project_id,
      organization_id: defaultOrganization,
    });
    const made = (number: number, agent_id: string | null) => ({ id: id('step', number), agent_id });
    const given = {
      agents: [agent(1, 'p'), agent(2, null)],
      steps: [made(1, id('agent', 1)), made(2, id('agent', 2)), made(3, id('agent', 9)), made(4, null)],
    };
    await using built = await upgraded('51999513bcf1', '56254216524f', given);
    assert.deepEqual(
      (await built.query('select project_id as p from steps order by id')).map(({ p }) => p),
      ['p', null, null, null],
    );
    assert.deepEqual(await built.wrong(), []);
  });
});
