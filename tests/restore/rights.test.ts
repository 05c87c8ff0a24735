import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { differences } from '../support/independent-compare.ts';
import { TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

let server: TestServer;
let source: TestDatabase;
let held: TestVault;
const targets: TestDatabase[] = [];
const target = () => {
  const database = new TestDatabase(server, `${source.name}_${targets.length}`);
  targets.push(database);
  return database;
};

describe('a restore’s odd corners', () => {
  before(async () => {
    server = await testServer(16);
    source = await loadFixture(server, 'letta-0.16.2.custom-layout');
    held = await TestVault.create({ minimum: 4096, target: 16384, maximum: 65536 });
  });
  after(async () => {
    for (const database of targets) await database.drop();
    await source.drop();
    for (const role of ['owner', 'reader', 'gone']) await server.query(`drop role if exists "lb ${role} ${process.pid}"`);
    await held[Symbol.asyncDispose]();
  });

  it('gives owners and grants back where the roles exist, and names those that do not', async () => {
    const [owner, reader, gone] = ['owner', 'reader', 'gone'].map((role) => `"lb ${role} ${process.pid}"`);
    for (const role of [owner, reader, gone]) await server.query(`create role ${role}`);
    await source.query(
      `grant select on letta.agents to ${reader} with grant option; grant select, update on letta.block to ${gone}; alter table letta.tools owner to ${owner}`,
    );
    const { ref } = await backUp(source.url, held.vault);
    await source.query(`revoke all on letta.block from ${gone}`);
    await server.query(`drop role ${gone}`);
    const database = target();
    const restored = await restoreTo(database.url, held.vault, ref);
    assert.equal(restored.comparison?.equal, true);
    assert.ok(restored.warnings.some((warning) => warning.code === 'role-missing' && warning.message.includes(`lb gone ${process.pid}`)));
    const [facts] = await database.query<{ owner: string; may: boolean; grants: boolean }>(
      `select pg_get_userbyid((select relowner from pg_class where oid = 'letta.tools'::regclass)) as owner, has_table_privilege('lb reader ${process.pid}', 'letta.agents', 'select') as may, has_table_privilege('lb reader ${process.pid}', 'letta.agents', 'select with grant option') as grants`,
    );
    assert.deepEqual({ ...facts }, { owner: `lb owner ${process.pid}`, may: true, grants: true });
  });

  it('gives everything to --owner', async () => {
    const { ref } = await backUp(source.url, held.vault);
    const database = target();
    await restoreTo(database.url, held.vault, ref, { owner: `lb owner ${process.pid}` });
    const others = await database.query(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'letta' and c.relkind in ('r', 'S') and pg_get_userbyid(c.relowner) <> 'lb owner ${process.pid}'
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
    );
    assert.deepEqual(others, []);
    const [row] = await server.query<{ owner: string }>('select pg_get_userbyid(datdba) as owner from pg_database where datname = $1', [
      database.name,
    ]);
    assert.equal(row?.owner, `lb owner ${process.pid}`);
  });

  it('restores into an existing empty database, and leaves public out where the source had none', async () => {
    await source.query('drop schema if exists public');
    const { ref } = await backUp(source.url, held.vault);
    const database = target();
    await server.createDatabase({ name: database.name });
    const restored = await restoreTo(database.url, held.vault, ref);
    assert.equal(restored.comparison?.equal, true);
    assert.deepEqual(await database.query(`select nspname from pg_namespace where nspname = 'public'`), []);
    assert.deepEqual(await differences(source, database, { dump: false }), []);
  });

  it('fault 38: rows that violate a constraint come back all the same, with the constraint NOT VALID or left out, and named', async () => {
    await source.query(
      `begin; set local session_replication_role = replica; update letta.agents_tags set agent_id = 'agent-that-is-gone' where ctid in (select ctid from letta.agents_tags limit 1); commit`,
    );
    const { ref } = await backUp(source.url, held.vault);
    const restored = await restoreTo(target().url, held.vault, ref);
    assert.deepEqual([restored.comparison?.equal, restored.drift], [true, []]);
    assert.deepEqual(
      restored.warnings.filter((warning) => warning.partial && warning.code !== 'role-missing').map((warning) => warning.code),
      ['constraint-not-valid'],
    );
  });

  it('fault 39: the sequence is at the snapshot’s value, beyond the data', async () => {
    const { ref, manifest } = await backUp(source.url, held.vault);
    const database = target();
    await restoreTo(database.url, held.vault, ref);
    const [row] = await database.query<{ next: string; largest: string }>(
      `select nextval('letta.message_seq_id')::text as next, (select max(sequence_id) from letta.messages)::text as largest`,
    );
    assert.equal(row?.next, String(Number(manifest.sequences[0]?.lastValue) + 1));
    assert.ok(Number(row?.next) > Number(row?.largest));
  });

  it('refuses a second restore into the same name, and keeps the first', async () => {
    const { ref } = await backUp(source.url, held.vault);
    const database = target();
    await restoreTo(database.url, held.vault, ref);
    await assert.rejects(restoreTo(database.url, held.vault, ref), { code: 'target-is-built' });
    const plan = await restoreTo(database.url, held.vault, ref, {}, { dryRun: true });
    assert.deepEqual([plan.done, plan.plan.refusals.length], [false, 1]);
  });
});
