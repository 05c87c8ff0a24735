import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestVault } from '../road/road.ts';
import { differences } from '../support/independent-compare.ts';
import { type TestDatabase, type TestServer, testServer } from '../support/postgres.ts';
import { failsWith } from '../vault/store-conformance.ts';
import { damageByCode, damaged, mend, planFor, takeBack } from './stage.ts';

describe('a repair that is killed', () => {
  let server: TestServer;
  let held: TestVault;
  before(async () => {
    server = await testServer();
    held = await TestVault.create();
  });
  after(() => held[Symbol.asyncDispose]());

  /** Runs `killed.ts`, which kills itself. @returns how it ended and what it said */
  const killedAt = async (point: string, database: TestDatabase): Promise<void> => {
    const program = join(import.meta.dirname, 'killed.ts');
    const child = spawn(process.execPath, [program, point, database.url, held.directory, held.identity], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
    assert.equal(signal, 'SIGKILL', said);
    // The server notices that its client is gone, and rolls back.
    for (const end = Date.now() + 20_000; ; await sleep(50)) {
      const others = await server.query(`select from pg_stat_activity where datname = $1`, [database.name]);
      if (others.length === 0) return;
      assert.ok(Date.now() < end, 'the killed session does not end');
    }
  };

  it('between its record and COMMIT has changed nothing, and undo says so', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', Object.values(damageByCode));
    await killedAt('after', database);
    const [ref] = await held.vault.listRecords('undo');
    assert.ok(ref);
    assert.deepEqual(await differences(before, database), []);
    const error = await failsWith(takeBack(database.url, held.vault, ref.id), 'nothing-to-undo');
    assert.match(error.message, /never made: the transaction was not committed/);
    assert.deepEqual(await differences(before, database), []);

    // Somebody who repairs again gets a record of what did happen, and the other one still tells of nothing.
    const { record } = await mend(database.url, held.vault, await planFor(database.url));
    await failsWith(takeBack(database.url, held.vault, ref.id), 'nothing-to-undo');
    await takeBack(database.url, held.vault, record.id);
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('before its record leaves neither a record nor a change', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', Object.values(damageByCode));
    const records = await held.vault.listRecords('undo');
    await killedAt('before', database);
    assert.deepEqual(await held.vault.listRecords('undo'), records);
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('when the server has forgotten the transaction, the rows themselves say that it never happened', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', Object.values(damageByCode));
    const { record } = await mend(database.url, held.vault, await planFor(database.url));
    await takeBack(database.url, held.vault, record.id);
    const id = 'f'.repeat(16);
    // As after a recovery to a point in time: another timeline, on which the transaction's number means something else.
    await held.vault.putRecord('undo', { ...record, id, database: { ...record.database, timeline: '4711' } } as typeof record);
    const error = await failsWith(takeBack(database.url, held.vault, id), 'nothing-to-undo');
    assert.match(error.message, /everything is as it was before/);
    await Promise.all([database.drop(), before.drop()]);
  });
});
