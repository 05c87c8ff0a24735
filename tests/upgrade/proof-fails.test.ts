import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findTargetRevision } from '../../src/letta/find-revision.ts';
import type { Database, Session } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { restore } from '../../src/restore/restore.ts';
import type { SnapshotRef } from '../../src/vault/vault.ts';
import { backUp, never, TestVault } from '../road/road.ts';
import { fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import { TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

/**
 * The same database, with one statement slipped in just before the proof begins: where statistics are collected for the
 * second time, the last of the building. (The first time is when the rows of the snapshot are in.)
 */
function tampered(database: Database, statement: string): Database {
  let collected = 0;
  const connect = async (): Promise<Session> => {
    const session = await database.connect();
    const query: Session['query'] = async (sql, values) => {
      const rows = await session.query(sql, values);
      if (sql.includes('order by pg_table_size(c.oid) desc') && ++collected === 2) await session.query(statement);
      return rows;
    };
    return {
      query,
      copyOut: (sql) => session.copyOut(sql),
      copyIn: (sql, chunks) => session.copyIn(sql, chunks),
      close: () => session.close(),
      abort: () => session.abort(),
    };
  };
  return {
    kind: database.kind,
    name: database.name,
    label: database.label,
    capabilities: database.capabilities,
    connect,
    sibling: (name) => database.sibling(name),
    close: () => database.close(),
  };
}

/**
 * Values changed after the build, and what the proof must say of each: the table, and a word of the finding. Those of one
 * build are in different tables, so that each finding has one cause.
 */
const builds: [what: string, sql: string, table: string, word: RegExp][][] = [
  [
    [
      'a carried value of a table that went in as it came',
      `update agents set system = system || '.' where name = 'AI/ML Expert'`,
      'agents',
      /system/,
    ],
    [
      'a carried value of a computed table',
      `update messages set role = 'user' where id = (select min(id) from messages where role = 'assistant')`,
      'messages',
      /role/,
    ],
    [
      'JSON that means the same in other bytes',
      `update block_history set metadata_ = '{ }' where metadata_::text = '{}'`,
      'block_history',
      /metadata_/,
    ],
    [
      'a vector',
      `update archival_passages set embedding = (select embedding from archival_passages order by id desc limit 1) where id = (select min(id) from archival_passages)`,
      'archival_passages',
      /embedding/,
    ],
    [
      'two values exchanged between rows',
      `update steps s set model = o.id from (select id, lead(id) over (order by id) as next from steps) o where o.id = s.id and o.next is not null`,
      'steps',
      /model/,
    ],
    ['a row too many', `insert into agents_tags (agent_id, tag) select id, 'extra' from agents limit 1`, 'agents_tags', /extra/],
    ['a moved row', `update runs set status = 'failed' where id = (select min(id) from runs where status = 'completed')`, 'runs', /status/],
    [
      'a derived configuration',
      `update archives set embedding_config = '{"embedding_model":"invented"}' where id = (select min(id) from archives)`,
      'archives',
      /./,
    ],
    [
      'a row in a table that begins on the way',
      `insert into conversations (id, agent_id, organization_id) select 'conv-1', id, organization_id from agents limit 1`,
      'conversations',
      /nowhere/,
    ],
    [
      'a secret',
      `update agent_environment_variables set value_enc = (select value_enc from sandbox_environment_variables limit 1) where id = (select min(id) from agent_environment_variables)`,
      'agent_environment_variables',
      /secret/,
    ],
    ['a row that was set aside', `delete from lifeboat_set_aside.mcp_server`, 'mcp_server', /missing/],
  ],
  [
    [
      'a row that is gone',
      `delete from messages where id = (select min(id) from messages where step_id is null and id not in (select message_id from lifeboat_source.job_messages))`,
      'messages',
      /missing/,
    ],
    [
      'a derived link to another run',
      `update steps set run_id = (select max(id) from runs) where id = (select min(id) from steps where run_id is not null and run_id <> (select max(id) from runs))`,
      'steps',
      /./,
    ],
    [
      'a run that comes from nowhere',
      `insert into runs (id, status, agent_id, organization_id) select 'run-00000000-0000-4000-8000-000000000000', 'completed', id, organization_id from agents limit 1`,
      'jobs',
      /extra/,
    ],
    ['a default', `update agents set last_stop_reason = 'end_turn' where name = 'Memo'`, 'agents', /last_stop_reason/],
  ],
  [
    ['a sequence behind its data', `select setval('message_seq_id', 1)`, 'message_seq_id', /next insert/],
    [
      'a derived link',
      `update messages set run_id = null where run_id is not null and id = (select max(id) from messages where run_id is not null)`,
      'messages',
      /./,
    ],
  ],
];

/** Builds from a snapshot with a statement slipped in before the proof; the database is dropped in the end. */
async function buildTampered(built: TestDatabase, { vault }: TestVault, ref: SnapshotRef, release: string, statement: string) {
  const database = openDatabase(built.url, { create: true });
  try {
    return await restore({
      vault,
      ref,
      target: tampered(database, statement),
      request: { layout: { kind: 'same' }, owner: null, withObjects: false, release: findTargetRevision(release) },
      reporter: silentReporter,
      signal: never,
      confirm: async () => true,
      keys: { encryptionKey: fixtureEncryptionKey, rekeyTo: null },
    });
  } finally {
    await database.close();
    await built.drop();
  }
}

describe('a changed value fails the proof of an upgrade and is named', () => {
  let server: TestServer;
  let source: TestDatabase;
  let held: TestVault;
  let ref: SnapshotRef;
  before(async () => {
    server = await testServer();
    source = await loadFixture(server, 'letta-0.11.3');
    held = await TestVault.create();
    ({ ref } = await backUp(source.url, held.vault));
  });
  after(async () => {
    await held[Symbol.asyncDispose]();
    await source.drop();
  });

  const build = (name: string, statement: string) => buildTampered(new TestDatabase(server, name), held, ref, '0.16.8', statement);

  test('nothing changed: proven', async () => {
    const { comparison, wrong, drift, agents } = await build(`${source.name}_plain`, 'select 1');
    assert.deepEqual([comparison?.equal, wrong, drift], [true, [], []]);
    assert.equal(agents.length, 18);
    assert.ok(agents.every(({ there, messages }) => there && messages.expected === messages.found));
  });

  for (const [index, changes] of builds.entries()) {
    test(changes.map(([what]) => what).join('; '), async () => {
      const { comparison, wrong } = await build(`${source.name}_${index}`, changes.map(([, sql]) => sql).join(';\n'));
      const found = [
        ...(comparison?.differences ?? []).map((each) => ({ table: each.table, text: JSON.stringify(each.rows) })),
        ...wrong.map((each) => ({ table: each.table, text: each.what })),
      ];
      for (const [what, , table, word] of changes) {
        assert.ok(
          found.some((each) => each.table === table && word.test(each.text)),
          `${what}: not seen in ${JSON.stringify(found, null, 1)}`,
        );
      }
      const expected = new Set(changes.flatMap(([, , table]) => [table, ...(alsoNamed[table] ?? [])]));
      assert.deepEqual(
        found.filter(({ table }) => !expected.has(table)),
        [],
      );
    });
  }
});

/** A run is a moved job, and its number of steps is counted: what is wrong there may be named at these too. */
const alsoNamed: Record<string, string[]> = { jobs: ['runs', 'run_metrics'], runs: ['jobs'], steps: ['run_metrics'] };

test('downwards: a value that a pass adapted, and whose run it was', async () => {
  const source = await loadFixture(await testServer(), 'letta-0.16.8');
  try {
    await using held = await TestVault.create();
    const { ref } = await backUp(source.url, held.vault);
    const built = new TestDatabase(source.server, `${source.name}_down`);
    const { comparison, wrong } = await buildTampered(
      built,
      held,
      ref,
      '0.11.3',
      `update messages set role = 'system' where id = (select min(id) from lifeboat_source.altered where table_name = 'messages' and column_name = 'role');
       update jobs j set metadata_ = r.metadata_ from lifeboat_source.runs r
        where r.id = j.id and r.id = (select min(id) from lifeboat_source.runs where metadata_::text not like '%agent_id%')`,
    );
    assert.equal(comparison?.equal, true, 'neither is a carried value');
    assert.deepEqual(
      wrong.map(({ table, what }) => [table, what]),
      [
        ['jobs', 'its metadata do not say whose run it is'],
        ['messages', 'role is not what it was adapted to'],
      ],
    );
  } finally {
    await source.drop();
  }
});
