import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, ColumnValues } from '../../src/verify/change.ts';
import { TestVault } from '../road/road.ts';
import { contentDifferences, differences } from '../support/independent-compare.ts';
import { type TestDatabase, type TestServer, testServer, withClient } from '../support/postgres.ts';
import { failsWith } from '../vault/store-conformance.ts';
import { damageByCode, damaged, mend, type Planned, planFor, takeBack } from './stage.ts';

/** What changes do that no check proposes (yet), and what PostgreSQL says about them. */
describe('changes', () => {
  let server: TestServer;
  let held: TestVault;
  before(async () => {
    server = await testServer();
    held = await TestVault.create();
  });
  after(() => held[Symbol.asyncDispose]());

  /** A plan for this very database with other changes in it. */
  const planOf = async (database: TestDatabase, ...changes: Change[]): Promise<Planned> => {
    const { plan, before } = await planFor(database.url);
    return { before, plan: { ...plan, mend: [], later: [], changes } };
  };
  const rowOf = async (database: TestDatabase, table: string, where: string): Promise<ColumnValues> => {
    const columns = await database.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped order by attnum`,
    );
    const texts = columns.map(({ name }) => `"${name}"::text`).join(', ');
    const [row] = await database.query<Record<string, string | null>>(`select ${texts} from ${table} where ${where}`);
    assert.ok(row);
    return row;
  };

  it('a row that others refer to is not deleted, for PostgreSQL would delete these too', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', []);
    const row = await rowOf(database, 'agents', 'id in (select agent_id from messages)');
    const error = await failsWith(
      mend(database.url, held.vault, await planOf(database, { kind: 'delete', table: 'agents', row })),
      'change-refused',
    );
    assert.match(error.message, /agents \(id agent-[0-9a-f-]+\).*rows of \w+ refer to it/);
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('a whole row of every type comes back as it was, and one that came goes', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', []);
    const tables = [
      ['messages', `role = 'user' and id not in (select json_array_elements_text(message_ids) from agents) order by id limit 1`],
      ['archival_passages', 'id = (select min(id) from archival_passages where id not in (select passage_id from passage_tags))'],
      ['agents_tags', 'true limit 1'],
    ] as const;
    const rows = await Promise.all(tables.map(async ([table, where]) => ({ table, row: await rowOf(database, table, where) })));
    const { record } = await mend(
      database.url,
      held.vault,
      await planOf(database, ...rows.map((each): Change => ({ kind: 'delete', ...each }))),
    );
    assert.equal(record.changes.length, 3);
    await takeBack(database.url, held.vault, record.id);
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('what PostgreSQL would not let back in is said when it is mended, and refused when it is undone', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [
      `insert into tools_agents (agent_id, tool_id) select 'agent-nowhere', min(id) from tools`,
    ]);
    const row = await rowOf(database, 'tools_agents', `agent_id = 'agent-nowhere'`);
    const { record, notUndoable } = await mend(
      database.url,
      held.vault,
      await planOf(database, { kind: 'delete', table: 'tools_agents', row }),
    );
    assert.match(notUndoable ?? '', /tools_agents \(agent_id agent-nowhere, tool_id tool-[0-9a-f-]+\).*violates foreign key constraint/);
    const mended = await database.copy();
    const error = await failsWith(takeBack(database.url, held.vault, record.id), 'change-refused');
    assert.equal(error.exit, 14);
    assert.deepEqual(await differences(mended, database), []);
    await Promise.all([database.drop(), before.drop(), mended.drop()]);
  });

  it('somebody who is just writing to the row is waited for, and then it is not as it was', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['group-turns-counter'] ?? '']);
    const planned = await planFor(database.url);
    await withClient(database.url, async (client) => {
      await client.query(`begin; update groups set turns_counter = 7 where manager_type = 'sleeptime'`);
      const mending = failsWith(mend(database.url, held.vault, planned, true), 'row-changed');
      for (;;) {
        const waiting = await server.query(`select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`, [database.name]);
        if (waiting.length > 0) break;
        await sleep(20);
      }
      await client.query('commit');
      assert.match((await mending).message, /groups \(id group-[0-9a-f-]+\).*changing it right now/);
    });
    await before.query(`update groups set turns_counter = 7 where manager_type = 'sleeptime'`);
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('a table with a trigger or a rule of its own is not changed, for no record would know what these do', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['group-turns-counter'] ?? '']);
    const planned = await planFor(database.url);
    await database.query(`create function touch() returns trigger language plpgsql as $$ begin update block set value = value || '!'; return new; end $$;
      create trigger touches before update on groups for each row execute function touch()`);
    const refused = async () => (await failsWith(mend(database.url, held.vault, planned), 'change-refused')).message;
    assert.match(await refused(), /groups be changed so: its trigger touches/);
    await database.query(`drop function touch cascade; create rule also as on update to groups do also delete from block`);
    assert.match(await refused(), /groups be changed so: its rule also/);
    assert.deepEqual(await contentDifferences(before, database), []);
    await database.query('drop rule also on groups');
    await mend(database.url, held.vault, planned);
    await Promise.all([database.drop(), before.drop()]);
  });

  it('a login that does not own a sequence cannot mend it, and says so', async () => {
    const role = `reader_${process.pid}`;
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['sequence-behind'] ?? '']);
    await database.query(`create role ${role} login; grant usage on schema public to ${role};
      grant select, insert, update, delete on all tables in schema public to ${role}; grant all on all sequences in schema public to ${role}`);
    const url = server.url(database.name, role);
    await failsWith(mend(url, held.vault, await planFor(url)), 'permission-denied');
    await Promise.all([database.drop(), before.drop()]);
    await server.query(`drop role ${role}`);
  });
});
