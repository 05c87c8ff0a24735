import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { formatTime } from '../../src/report/format.ts';
import { type PrivateServer, privateServer, withClient } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { outside, Stage } from './stage.ts';

let server: PrivateServer;
let stage: Stage;
const organization = 'org-00000000-0000-4000-8000-000000000000';

describe('rollback', () => {
  before(async () => {
    server = await privateServer();
  });
  after(() => server[Symbol.asyncDispose]());
  afterEach(() => stage[Symbol.asyncDispose]());
  const ask = (...args: string[]) => lifeboat(['rollback', stage.live.url, '--yes', ...args], { env: stage.env });

  it('lets pass what a boot writes: new and changed rows, but no deletion among them', async () => {
    stage = await Stage.set(server);
    const before = await outside(server);
    await stage.switch();
    const boot = `update tools set updated_at = now() where tool_type like 'letta%' and organization_id = '${organization}';
      update sandbox_configs set config = '{}' where type = 'LOCAL';
      update providers set last_synced = now() where provider_category = 'base' and id = (select min(id) from providers where provider_category = 'base');
      insert into providers (id, name, provider_type, provider_category, is_deleted, created_at) values ('provider-00000000-0000-4000-8000-00000000000f', 'new', 'openai', 'base', false, now());
      insert into tools (id, name, tool_type, organization_id, is_deleted, created_at, source_type, json_schema, return_char_limit, tags)
        values ('tool-00000000-0000-4000-8000-00000000000f', 'brand_new', 'letta_builtin', '${organization}', false, now(), 'python', '{}', 1, '[]')`;
    await stage.live.query(boot);
    const run = await ask();
    assert.deepEqual([run.code, run.last.losses], [0, []], run.stdout);
    assert.ok(Number(run.last.byBoot) > 20);
    const lines = run.lines.filter(({ type }) => type === 'written');
    assert.deepEqual(
      lines.map(({ table, loss, deleted }) => [table, loss, deleted]),
      [
        ['providers', false, 0],
        ['sandbox_configs', false, 0],
        ['tools', false, 0],
      ],
    );
    assert.deepEqual(await outside(server), before);

    // The same, and one of the rows that a boot does not touch is gone: counts alone could not tell.
    await stage.switch();
    await stage.live.query(`${boot.replaceAll('00000000000f', '00000000000e').replace("'new'", "'newer'").replace('brand_new', 'brand_newer')};
      delete from tools where id = (select id from tools where tool_type = 'custom' and not exists (select from tools_agents where tool_id = tools.id) limit 1)`);
    const refused = await ask();
    assert.deepEqual(
      [refused.code, refused.last.code, (refused.last.facts as { tables: string[] }).tables],
      [4, 'rows-written', ['tools']],
      refused.stdout,
    );
    assert.equal(refused.lines.find(({ table }) => table === 'tools')?.deleted, 1);
  });

  it('refuses what anybody wrote, by table and agent; exactly that report lets it go', async () => {
    stage = await Stage.set(server);
    await stage.switch();
    const between = await outside(server);
    const [agent] = await stage.live.query<{ id: string; name: string }>(
      `select id, name from agents where exists (select from messages where agent_id = agents.id) limit 1`,
    );
    await stage.live.query(`update messages set updated_at = now() where id = (select id from messages where agent_id = $1 limit 1)`, [
      agent?.id,
    ]);
    await stage.live.query(`update tools set description = 'mine' where id = (select id from tools where tool_type = 'custom' limit 1)`);
    await stage.live.query(
      `delete from agents_tags where ctid = (select ctid from agents_tags limit 1); create table mine as select 1 as a; drop table blocks_tags`,
    );
    const refused = await ask();
    assert.deepEqual([refused.code, refused.last.code], [4, 'rows-written'], refused.stdout);
    const lines = refused.lines.filter(({ type }) => type === 'written');
    assert.deepEqual(
      lines.map(({ table, reason, written, byBoot, deleted }) => [table, reason, written, byBoot, Number(deleted) > 0]),
      [
        ['agents_tags', null, 0, 0, true],
        ['blocks_tags', 'missing table', 0, 0, lines.find(({ table }) => table === 'blocks_tags')?.deleted !== 0],
        ['messages', null, 1, 0, false],
        ['mine', 'extra table', 1, 0, false],
        ['tools', null, 1, 0, false],
      ],
    );
    assert.deepEqual(lines.find(({ table }) => table === 'messages')?.agents, [{ agent: agent?.id, name: agent?.name }]);
    assert.match(String(refused.last.message), new RegExp(String(agent?.name).slice(0, 5)));
    assert.deepEqual(await outside(server), between);

    const { report } = refused.last.facts as { report: string };
    await stage.live.query(`update messages set updated_at = now() where id = (select max(id) from messages)`);
    const more = await ask('--accept-losses', report);
    assert.equal(more.last.code, 'rows-written');
    const accepted = await ask('--accept-losses', (more.last.facts as { report: string }).report);
    assert.equal(accepted.code, 0, accepted.stdout);
    assert.ok((accepted.last.losses as unknown[]).length >= 4);
    // What was let go is not gone: it is in the database that stands aside.
    assert.equal(accepted.last.aside, 'letta_restored');
    assert.equal((await stage.built.query('select * from mine')).length, 1);
  });

  it('refuses somebody who is connected, a database without a switch, and a former that is gone', async () => {
    stage = await Stage.set(server);
    await assert.rejects(stage.rollBack(), { code: 'no-switch' });
    await assert.rejects(stage.rollBack({ name: 'nothing' }), { code: 'no-such-database' });
    const { plan } = await stage.switch();
    const between = await outside(server);
    for (const name of ['letta', plan.former ?? ''])
      await withClient(server.url(name), () => assert.rejects(stage.rollBack(), { code: 'switch-in-use' }));
    assert.equal((await stage.rollBack({ confirm: async () => false })).done, false);
    assert.deepEqual(await outside(server), between);
    await server.dropDatabase(plan.former ?? '');
    await assert.rejects(stage.rollBack(), { code: 'former-gone' });
  });

  it('finds a former that was renamed by hand, and another name when the old one is taken', async () => {
    stage = await Stage.set(server);
    const before = await outside(server);
    const { plan } = await stage.switch();
    await server.query(`alter database "${plan.former}" rename to letta_by_hand`);
    await server.createDatabase({ name: 'letta_restored' });
    const back = await stage.rollBack();
    assert.match(back.plan?.aside ?? '', /^letta_rolled_back_\d{8}_\d{6}$/);
    const then = await outside(server);
    assert.deepEqual([then.letta, then[back.plan?.aside ?? '']], [before.letta, before.letta_restored]);
  });

  it('what it put aside is listed and dropped by former, can be switched to again, and a second rollback says that there was one', async () => {
    stage = await Stage.set(server);
    const run = (verb: string, ...args: string[]) => lifeboat([verb, stage.live.url, ...args], { env: stage.env });
    const first = await stage.switch();
    await server.createDatabase({ name: 'letta_restored' });
    const back = await ask();
    const aside = String(back.last.aside);
    assert.match(aside, /^letta_rolled_back_/);
    const again = await ask();
    assert.deepEqual([again.code, again.last.code], [14, 'rolled-back-already'], again.stdout);
    const [{ since, time, ...facts }] = [again.last.facts as Record<string, string>];
    assert.deepEqual(facts, { database: 'letta', aside });
    for (const when of [since, time]) {
      assert.match(when ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(`${again.last.message} ${again.last.why}`.includes(formatTime(when ?? '')), 'people read it as everywhere else');
    }

    const listed = async () => (await run('former')).lines.filter(({ type }) => type === 'former');
    assert.deepEqual(
      (await listed()).map(({ former, by, wayBack, releases }) => [former, by, wayBack, releases]),
      [[aside, 'rollback', false, ['0.16.7', '0.16.8']]],
    );
    // To it again, and back again: one entry, of the last time.
    const [before] = await listed();
    const there = await run('switch', '--to', aside, '--yes', ...stage.args);
    assert.equal(there.code, 0, there.stdout);
    assert.deepEqual(
      (await listed()).map(({ former, by }) => [former, by]),
      [[there.last.former, 'switch']],
    );
    assert.equal((await ask()).code, 0);
    const [after, ...more] = await listed();
    assert.deepEqual([after?.former, more, String(after?.until) > String(before?.until)], [aside, [], true]);

    // One that got the name back by hand is in use.
    await server.query(`alter database letta rename to letta_else; alter database "${aside}" rename to letta`);
    assert.deepEqual(await listed(), []);
    assert.equal((await run('former', '--drop', 'letta', '--yes')).last.code, 'not-former');
    await server.query(`alter database letta rename to "${aside}"; alter database letta_else rename to letta`);

    await withClient(server.url(aside), async () => {
      assert.equal((await run('former', '--drop', aside, '--yes')).last.code, 'switch-in-use');
    });
    for (const other of ['letta_restored', 'letta']) assert.equal((await run('former', '--drop', other, '--yes')).last.code, 'not-former');
    const dropped = await run('former', '--drop', aside, '--yes');
    assert.deepEqual([dropped.code, dropped.last.dropped], [0, aside], dropped.stdout);
    assert.deepEqual(
      (await server.databases()).filter((name) => name.includes('letta')),
      ['letta', 'letta_restored'],
    );
    assert.ok(first.plan.former);
    assert.equal((await ask()).last.code, 'no-switch');
  });

  it('a chain of switches goes back step by step', async () => {
    stage = await Stage.set(server);
    const before = await outside(server);
    const first = await stage.switch();
    const { backUp, restoreTo } = await import('../road/road.ts');
    const { ref } = await backUp(stage.live.url, stage.held.vault);
    await restoreTo(server.url('letta_second'), stage.held.vault, ref);
    const between = await outside(server);
    const second = await stage.switch({ built: 'letta_second' });
    assert.notEqual(first.plan.former, second.plan.former);
    await stage.rollBack();
    assert.deepEqual(await outside(server), between);
    await stage.rollBack();
    const { letta_second, ...rest } = await outside(server);
    assert.deepEqual(rest, before);
    assert.ok(letta_second);
  });

  it('refuses when transactions came round since', async () => {
    stage = await Stage.set(server);
    await stage.switch();
    const [row] = await server.query<{ comment: string }>(
      `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = 'letta'`,
    );
    const mark = JSON.parse(row?.comment ?? '{}');
    mark.record.xid = String(BigInt(mark.record.xid) + 5_000_000n);
    await server.query(`comment on database letta is '${JSON.stringify(mark).replaceAll("'", "''")}'`);
    await assert.rejects(stage.rollBack(), { code: 'switch-too-old' });
  });
});
