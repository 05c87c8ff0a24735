import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/verify/finding.ts';
import { testServer } from '../../support/postgres.ts';
import { plantedDatabase } from './planted.ts';
import { sees } from './sees.ts';

const id = (prefix: string, nth = 1): string => `${prefix}-00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;
// The organisation is Letta's default one: rows of another are a finding of their own.
const [organization, agent] = [id('org', 0), id('agent')];

/** An insert of one row, by column. */
const row = (table: string, values: Record<string, string | boolean>): string =>
  `insert into ${table} (${Object.keys(values).join(', ')}) values (${Object.values(values)
    .map((value) => `'${value}'`)
    .join(', ')})`;

const memo = row('agents', { id: agent, organization_id: organization, name: 'Memo', message_buffer_autoclear: false });
const agents = [row('organizations', { id: organization, name: 'One', privileged_tools: false }), memo];
/** Without columns that came later. */
const early = row('organizations', { id: organization, name: 'One' });
const batch = {
  id: id('batch_req'),
  status: 'completed',
  llm_provider: 'anthropic',
  create_batch_response: '{}',
  organization_id: organization,
};
const item = {
  id: id('batch_item'),
  batch_id: batch.id,
  llm_config: '{}',
  request_status: 'completed',
  step_status: 'completed',
  step_state: '{}',
  agent_id: agent,
  organization_id: organization,
};
const passage = {
  text: 'Zoë likes tea',
  embedding: `[${Array<number>(4096).fill(0.5)}]`,
  embedding_config: '{"embedding_dim": 4096}',
  metadata_: '{}',
  created_at: '2024-12-12 12:00:00+00',
  organization_id: organization,
  agent_id: agent,
};

interface Case {
  code: string;
  /** The release, or revision, where the next migration meets the rows. */
  at: string;
  revision: string;
  table: string;
  /** What is there, and is no damage. */
  sound: readonly string[];
  damage: readonly string[];
  ids: readonly string[];
  says: RegExp;
}

const cases: readonly Case[] = [
  {
    code: 'upgrade-drops-passages',
    at: '0.6.4',
    revision: 'c5d964280dff',
    table: 'passages',
    sound: [early, row('agents', { id: agent, user_id: id('user'), name: 'Memo' })],
    damage: [row('passages', { ...passage, id: id('passage') }), row('passages', { ...passage, id: id('passage', 2), is_deleted: true })],
    ids: [id('passage'), id('passage', 2)],
    says: /^2 passages that Letta’s own upgrade to 0\.6\.5 or later drops$/,
  },
  {
    code: 'upgrade-aborts-on-groups',
    at: '0.6.42',
    revision: '2cceb07c2384',
    table: 'groups',
    sound: [early, memo],
    damage: [
      row('groups', { id: id('group'), description: 'Two', manager_type: 'round_robin', organization_id: organization }),
      row('groups_agents', { group_id: id('group'), agent_id: agent }),
    ],
    ids: [id('group')],
    says: /^1 group with which Letta’s own upgrade to 0\.6\.46 or later aborts$/,
  },
  {
    code: 'upgrade-aborts-on-batches',
    at: '0.6.53',
    revision: '0ceb975e0063',
    table: 'llm_batch_job',
    sound: agents,
    damage: [row('llm_batch_job', batch)],
    ids: [batch.id],
    says: /^1 batch with which Letta’s own upgrade to 0\.6\.54 or later aborts$/,
  },
  {
    code: 'upgrade-aborts-on-batches',
    at: 'f2f78d62005c, where batches have their job already',
    revision: 'f2f78d62005c',
    table: 'llm_batch_items',
    sound: [
      ...agents,
      row('jobs', { id: id('job'), user_id: id('user'), status: 'completed', job_type: 'batch' }),
      row('llm_batch_job', { ...batch, letta_batch_job_id: id('job') }),
    ],
    damage: [row('llm_batch_items', item)],
    ids: [item.id],
    says: /^1 item of a batch with which Letta’s own upgrade to 0\.6\.54 or later aborts$/,
  },
  {
    code: 'upgrade-aborts-on-deleted-passages',
    at: '0.10.1',
    revision: '15b577c62f3f',
    table: 'agent_passages',
    sound: [...agents, row('agent_passages', { ...passage, id: id('passage') })],
    damage: [row('agent_passages', { ...passage, id: id('passage', 2), is_deleted: true })],
    ids: [id('passage', 2)],
    says: /^1 soft-deleted passage with which Letta’s own upgrade to 0\.11\.0 or later aborts$/,
  },
];

/** Findings that are not among the others. */
const beside = (found: readonly Finding[], others: readonly Finding[]): Finding[] => {
  const known = new Set(others.map((finding) => JSON.stringify(finding)));
  return found.filter((finding) => !known.has(JSON.stringify(finding)));
};

describe('what the next upgrade in place would do', () => {
  for (const { code, at, revision, table, sound, damage, ids, says } of cases) {
    test(`${code}: ${table} at ${at}`, async () => {
      await using database = await plantedDatabase(await testServer(), { revision });
      const before = await database.plant(...sound);
      const told = [...database.clean, ...before].filter((finding) => finding.code.startsWith('upgrade-'));
      assert.deepEqual(told, []);
      const found = beside(await database.plant(...sound, ...damage), before);
      assert.deepEqual(
        found.map((finding) => [finding.code, finding.where, finding.ids, finding.count, finding.severity]),
        [[code, table, ids, ids.length, 'warning']],
      );
      assert.match(found[0]?.message ?? '', says);
    });
  }

  test('after the migration nothing is told: a table of that name is the user’s own', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.16.8');
    for (const table of ['passages', 'agent_passages'])
      await sees(database, [`create table ${table} as select id, true as is_deleted from archival_passages`], {
        code: 'drift',
        where: table,
        severity: 'note',
      });
  });
});

test('what the models of releases before 0.11.0 take was not read, and verify says so', async () => {
  for (const [revision, expected] of [
    [
      '15b577c62f3f',
      [['note', 'shapes', 'What Letta 0.10.1 accepts has not been read: values were not compared with what its models take']],
    ],
    ['05c3bc564286', []],
  ] as const) {
    await using database = await plantedDatabase(await testServer(), { revision });
    const told = database.clean.filter(({ code }) => code === 'shapes-unread');
    assert.deepEqual(
      told.map(({ severity, where, message }) => [severity, where, message]),
      expected,
    );
  }
});
