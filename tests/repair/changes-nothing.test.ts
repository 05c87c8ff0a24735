import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestVault } from '../road/road.ts';
import { differences } from '../support/independent-compare.ts';
import { privateServer } from '../support/postgres.ts';
import { damageByCode, damaged, findingsOf, mend, planFor } from './stage.ts';

test('verify DB, and the plan of a repair, change nothing: not a row, not a sequence, not a transaction id', async () => {
  await using server = await privateServer(undefined, { settings: { autovacuum: 'off' } });
  await using held = await TestVault.create();
  const { database, before } = await damaged(server, 'letta-0.16.8', Object.values(damageByCode));
  // The server's next transaction id: one is taken as soon as a transaction writes anything.
  const nextTransaction = async () =>
    (await server.query<{ xid: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as xid'))[0]?.xid;
  const then = await nextTransaction();
  assert.ok((await findingsOf(database.url)).length >= 6);
  const planned = await planFor(database.url);
  assert.ok(planned.plan.changes.length >= 6);
  assert.equal(await nextTransaction(), then);
  assert.deepEqual(await differences(before, database), []);
  // The same look sees a repair.
  await mend(database.url, held.vault, planned);
  assert.notEqual(await nextTransaction(), then);
});
