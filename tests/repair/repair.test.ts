import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RepairResult } from '../../src/repair/repair.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { TestVault } from '../road/road.ts';
import { contentDifferences, differences } from '../support/independent-compare.ts';
import { type TestDatabase, type TestServer, testServer, testServers } from '../support/postgres.ts';
import { failsWith } from '../vault/store-conformance.ts';
import { damageByCode, damaged, findingsOf, mend, planFor, takeBack } from './stage.ts';

const codes = Object.keys(damageByCode).sort();
/** Without notes that nothing mends: that a tool which no agent has any more is unknown stays worth knowing. */
const codesOf = (findings: readonly Finding[]) =>
  findings
    .filter(({ code, severity, changes }) => codes.includes(code) && (severity !== 'note' || changes.length > 0))
    .map(({ code }) => code)
    .sort();

describe('repair', () => {
  let server: TestServer;
  let held: TestVault;
  before(async () => {
    server = await testServer();
    held = await TestVault.create();
  });
  after(() => held[Symbol.asyncDispose]());

  for (const version of [15, 18] as const) {
    it(`mends six findings at once, and undo leaves every byte as it was (PostgreSQL ${version})`, async (t) => {
      const servers = await testServers();
      const at = servers.find(({ major }) => major === version);
      if (!at) return t.skip(`no PostgreSQL ${version} here`);
      const { database, before } = await damaged(at, 'letta-0.16.8', Object.values(damageByCode));
      const planned = await planFor(database.url);
      assert.deepEqual(codesOf(planned.plan.mend), codes);
      const result = await mend(database.url, held.vault, planned);
      assert.equal(result.notUndoable, null);
      assert.deepEqual(codesOf(result.after), []);
      assert.deepEqual(codesOf(await findingsOf(database.url)), []);
      assert.ok((await contentDifferences(before, database)).length >= 6, 'the repair changed nothing');
      assert.deepEqual(
        await held.vault.readRecord((await held.vault.listRecords('undo')).find(({ id }) => id === result.record.id)!),
        result.record,
      );

      const repaired = await database.copy();
      const undone = await takeBack(database.url, held.vault, result.record.id.slice(0, 9));
      assert.deepEqual(await differences(before, database), []);
      assert.equal(undone.undoes, result.record.id);

      // The undo is recorded too: taken back, the repair is there again.
      await takeBack(database.url, held.vault, undone.id);
      assert.deepEqual(await contentDifferences(repaired, database), []);
      await Promise.all([database.drop(), before.drop(), repaired.drop()]);
    });
  }

  for (const [code, damage] of Object.entries(damageByCode)) {
    it(`mends ${code} alone, and takes it back`, async () => {
      const { database, before } = await damaged(server, 'letta-0.16.8', [damage]);
      const planned = await planFor(database.url);
      assert.deepEqual(codesOf(planned.plan.mend), [code]);
      const { record, after } = await mend(database.url, held.vault, planned);
      assert.deepEqual(codesOf(after), []);
      await takeBack(database.url, held.vault, record.id);
      assert.deepEqual(await contentDifferences(before, database), []);
      await failsWith(takeBack(database.url, held.vault, record.id), 'nothing-to-undo');
      await Promise.all([database.drop(), before.drop()]);
    });
  }

  it('what was taken back is known by the records, whatever was written since', async () => {
    const damage = ['sequence-behind', 'group-turns-counter'].map((code) => damageByCode[code] ?? '');
    const { database, before } = await damaged(server, 'letta-0.16.8', damage);
    const { record } = await mend(database.url, held.vault, await planFor(database.url));
    const undone = await takeBack(database.url, held.vault, record.id);
    await database.query(`select nextval('message_seq_id')`);
    await database.query(`update groups set turns_counter = 7 where manager_type = 'sleeptime'`);
    const error = await failsWith(takeBack(database.url, held.vault, record.id), 'nothing-to-undo');
    assert.ok(error.message.includes(`${undone.id} took it back already`), error.message);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('an undo that was taken back itself is not in the way of another one', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['group-turns-counter'] ?? '']);
    const { record } = await mend(database.url, held.vault, await planFor(database.url));
    await takeBack(database.url, held.vault, (await takeBack(database.url, held.vault, record.id)).id);
    await takeBack(database.url, held.vault, record.id);
    assert.deepEqual(await contentDifferences(before, database), []);
    await failsWith(takeBack(database.url, held.vault, record.id), 'nothing-to-undo');
    await Promise.all([database.drop(), before.drop()]);
  });

  it('what an undo record holds is in the layout with a schema of its own, too', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.2.custom-layout', [
      `set search_path = letta`,
      damageByCode['context-missing-message'] ?? '',
      damageByCode['sequence-behind'] ?? '',
    ]);
    const planned = await planFor(database.url);
    const { record } = await mend(database.url, held.vault, planned);
    assert.equal(record.database.home, 'letta');
    await takeBack(database.url, held.vault, record.id);
    assert.deepEqual(await contentDifferences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('a row that was written between plan and repair is left alone, and so is everything else', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', Object.values(damageByCode));
    const planned = await planFor(database.url);
    await changeBoth([database, before], `update messages set tool_call_id = 'call_else' where role = 'tool' and tool_call_id is null`);
    const records = await held.vault.listRecords('undo');
    const error = await failsWith(mend(database.url, held.vault, planned), 'row-changed');
    assert.match(error.message, /^messages \(id message-[0-9a-f-]+\) is not as it was .*: somebody has written to it\./);
    assert.deepEqual(await differences(before, database), []);
    assert.deepEqual(await held.vault.listRecords('undo'), records);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('a row whose damage somebody mended elsewhere between plan and repair is left alone', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['built-in-tool-missing'] ?? '']);
    const planned = await planFor(database.url);
    await changeBoth([database, before], `update tools set name = 'conversation_search' where name = 'no_such_tool_of_letta'`);
    const error = await failsWith(mend(database.url, held.vault, planned), 'row-changed');
    assert.match(
      error.message,
      /^tools_agents \(agent_id agent-[0-9a-f-]+, tool_id tool-[0-9a-f-]+\) .*: nothing is wrong with it any more\./,
    );
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('numbers taken from a sequence between plan and repair are not given out again', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['sequence-behind'] ?? '']);
    const planned = await planFor(database.url);
    await changeBoth([database, before], `select nextval('message_seq_id')`);
    assert.match(
      (await failsWith(mend(database.url, held.vault, planned), 'row-changed')).message,
      /sequence message_seq_id.*taken numbers/,
    );
    assert.deepEqual(await contentDifferences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('an undo does not overwrite what was written since, and names it', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', Object.values(damageByCode));
    const { record } = await mend(database.url, held.vault, await planFor(database.url));
    await database.query(`update groups set turns_counter = 3 where manager_type = 'sleeptime'`);
    const repaired = await database.copy();
    const error = await failsWith(takeBack(database.url, held.vault, record.id), 'row-changed');
    assert.match(error.message, /^groups \(id group-[0-9a-f-]+\)/);
    assert.deepEqual(await differences(repaired, database), []);
    await Promise.all([database.drop(), before.drop(), repaired.drop()]);
  });

  it('another database, and the same after its name was given to another, are refused', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['tool-message-without-call-id'] ?? '']);
    const planned = await planFor(database.url);
    await failsWith(mend(before.url, held.vault, planned), 'other-database');
    const { record } = await mend(database.url, held.vault, planned);
    await failsWith(takeBack(before.url, held.vault, record.id), 'other-database');
    await server.query(`alter database "${database.name}" rename to "${database.name}_aside"`);
    await server.query(`alter database "${before.name}" rename to "${database.name}"`);
    const error = await failsWith(takeBack(database.url, held.vault, record.id), 'other-database');
    assert.match(error.message, /number of the database/);
    await server.dropDatabase(database.name);
    await server.dropDatabase(`${database.name}_aside`);
  });

  it('refuses while others are connected, names them, and goes on when told to', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['group-turns-counter'] ?? '']);
    const planned = await planFor(database.url);
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: database.url, application_name: 'letta-server' });
    await client.connect();
    try {
      const error = await failsWith(mend(database.url, held.vault, planned), 'target-busy');
      assert.match(error.message, /1 × letta-server on .* \(user postgres, process \d+\)/);
      await failsWith(planFor(database.url), 'target-busy');
      const result: RepairResult = await mend(database.url, held.vault, planned, true);
      assert.deepEqual(codesOf(result.after), []);
    } finally {
      await client.end();
    }
    await Promise.all([database.drop(), before.drop()]);
  });

  it('a repair that does not mend is rolled back, the sequence with it', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['sequence-behind'] ?? '']);
    const planned = await planFor(database.url);
    const [finding] = planned.plan.mend.filter(({ code }) => code === 'sequence-behind');
    assert.ok(finding);
    const useless = { ...planned.plan, changes: finding.changes.map((change) => ({ ...change, next: '7' })) };
    const error = await failsWith(
      mend(database.url, held.vault, { ...planned, plan: useless as typeof planned.plan }),
      'repair-ineffective',
    );
    assert.match(error.message, /sequence-behind at message_seq_id would still be there/);
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });
});

async function changeBoth(databases: readonly TestDatabase[], sql: string): Promise<void> {
  for (const database of databases) await database.query(sql);
}
