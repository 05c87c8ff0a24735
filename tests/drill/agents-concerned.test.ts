import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { agentsConcerned } from '../../src/drill/agents-concerned.ts';
import type { Session } from '../../src/postgres/database.ts';
import { introspect } from '../../src/postgres/introspect.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import type { DatabaseModel } from '../../src/schema/model.ts';
import type { TableDifference } from '../../src/verify/compare-content.ts';
import { fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';

const { agent_keys: agents } = fixtureFacts('letta-0.16.8');
const memo = agents.memo ?? '';

let database: TestDatabase;
let session: Session;
let model: DatabaseModel;

/** Whom rows concern that differ in one table. @param rows keys as the comparison names them */
const concerned = async (table: string, rows: string[], more: Partial<TableDifference> & { kind?: 'missing' | 'changed' } = {}) => {
  const { kind = 'changed', ...rest } = more;
  const difference: TableDifference = {
    table,
    reason: 'content',
    rowsExpected: 1,
    rowsActual: 1,
    segmentsDiffering: 1,
    rows: rows.map((row) => ({ kind, row, columns: [] })),
    sampled: false,
    ...rest,
  };
  const found = await agentsConcerned(session, 'public', model, [difference]);
  return found === 'all' ? found : [...found].sort();
};
const ids = async (sql: string) => (await database.query<{ id: string }>(sql)).map(({ id }) => id).sort();

describe('whose rows differ', () => {
  before(async () => {
    database = await loadFixture(await testServer(), 'letta-0.16.8');
    const opened = openDatabase(database.url);
    session = await opened.connect();
    model = await introspect(session, 'public');
  });
  after(async () => {
    await session.close();
    await database.drop();
  });

  it('an agent, its messages and its tags: that agent', async () => {
    assert.deepEqual(await concerned('agents', [`id=${memo}`]), [memo]);
    const [message] = await ids(`select id from messages where agent_id = '${memo}' limit 1`);
    assert.deepEqual(await concerned('messages', [`id=${message}`]), [memo]);
    assert.deepEqual(await concerned('agents_tags', [`agent_id=${memo}, tag=x`]), [memo]);
  });

  it('what several agents share: each of them', async () => {
    for (const [table, link, column] of [
      ['block', 'blocks_agents', 'block_id'],
      ['tools', 'tools_agents', 'tool_id'],
    ]) {
      const [shared] = await ids(`select ${column} as id from ${link} group by 1 having count(*) > 1 limit 1`);
      const expected = await ids(`select agent_id as id from ${link} where ${column} = '${shared}'`);
      assert.ok(expected.length > 1);
      assert.deepEqual(await concerned(table ?? '', [`id=${shared}`]), expected);
    }
  });

  it('a passage: the agents of its archive', async () => {
    const [passage] = await ids('select id from archival_passages limit 1');
    const expected = await ids(
      `select l.agent_id as id from archives_agents l join archival_passages p on p.archive_id = l.archive_id where p.id = '${passage}'`,
    );
    assert.equal(expected.length, 1);
    assert.deepEqual(await concerned('archival_passages', [`id=${passage}`]), expected);
  });

  it('rows of nobody: nobody', async () => {
    assert.deepEqual(await concerned('organizations', ['id=org-x']), []);
    assert.deepEqual(await concerned('alembic_version', ['version_num=x'], { kind: 'missing' }), []);
  });

  it('rows that cannot be followed: all', async () => {
    assert.equal(await concerned('messages', ['id=message-x'], { kind: 'missing' }), 'all');
    assert.equal(await concerned('messages', ['id=message-x'], { sampled: true }), 'all');
    assert.equal(await concerned('messages', [], { reason: 'missing column' }), 'all');
    assert.equal(await concerned('gone', [], { reason: 'missing table' }), 'all');
  });
});
