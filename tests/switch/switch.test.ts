import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import pg from 'pg';
import { LifeboatError } from '../../src/report/errors.ts';
import { formatTime } from '../../src/report/format.ts';
import { backUp, restoreTo } from '../road/road.ts';
import { differences } from '../support/independent-compare.ts';
import { type PrivateServer, privateServer, TestDatabase, testServers } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { outside, Stage, withChanges } from './stage.ts';

let server: PrivateServer;
let stage: Stage;

/** A neighbour that is written to all the while, as a Letta server with another database would. */
async function withBusyNeighbour<T>(on: PrivateServer, work: () => Promise<T>): Promise<T> {
  const thoth = await on.createDatabase({ name: 'thoth' });
  await thoth.query('create table diary (n serial primary key, written timestamptz default clock_timestamp())');
  const client = new pg.Client({ connectionString: `${thoth.url}?application_name=thoth` });
  await client.connect();
  const [before] = await facts(on);
  let [stop, written] = [false, 0];
  const writing = (async () => {
    while (!stop) {
      await client.query('insert into diary default values');
      written++;
    }
  })();
  try {
    const result = await work();
    const soFar = written;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(written > soFar, 'the neighbour still writes');
    stop = true;
    await writing;
    const [longest] = (
      await client.query<{ rows: number; gap: number }>(
        `select count(*)::int as rows, max(extract(epoch from written - before))::float as gap from (select written, lag(written) over (order by n) as before from diary) gaps`,
      )
    ).rows;
    assert.equal(longest?.rows, written, 'no row of the neighbour is missing');
    assert.deepEqual((await facts(on))[0], before, 'the neighbour is the database that it was');
    return result;
  } finally {
    stop = true;
    await writing.catch(() => {});
    await client.end();
    await thoth.drop();
  }
}

const facts = (on: PrivateServer) =>
  on.query(
    `select oid::text, datname, datallowconn, datconnlimit, datacl::text, shobj_description(oid, 'pg_database') as comment from pg_database where datname = 'thoth'`,
  );

describe('switch', () => {
  before(async () => {
    server = await privateServer();
  });
  after(() => server[Symbol.asyncDispose]());
  afterEach(() => stage[Symbol.asyncDispose]());

  it('exchanges the names; rollback puts everything back exactly', async () => {
    stage = await Stage.set(server);
    await server.query(
      `comment on database letta is 'production, ask Ann'; alter database letta connection limit 40; alter database letta_restored connection limit 40`,
    );
    const before = await outside(server);
    const result = await stage.switch();
    assert.deepEqual([result.done, result.warnings, result.comparison?.written.tables], [true, [], []]);
    const former = result.plan.former ?? '';
    assert.match(former, /^letta_before_\d{8}_\d{6}$/);
    const then = await outside(server);
    assert.deepEqual(
      [then.letta?.oid, then[former]?.oid, 'letta_restored' in then],
      [before.letta_restored?.oid, before.letta?.oid, false],
    );
    for (const name of ['letta', former]) assert.deepEqual([then[name]?.connectable, then[name]?.limit], [true, 40]);
    assert.deepEqual(await differences(new TestDatabase(server, former), stage.live, { dump: false }), []);
    const back = await stage.rollBack();
    assert.deepEqual([back.done, back.plan?.aside, back.written?.tables], [true, 'letta_restored', []]);
    assert.deepEqual(await outside(server), before);
  });

  it('never touches a neighbour that is written to all the while; the renaming takes far less than a second', async () => {
    stage = await Stage.set(server);
    await withBusyNeighbour(server, async () => {
      const there = await stage.switch();
      const back = await stage.rollBack();
      for (const { times } of [there, back]) assert.ok(times.renaming < 1 && times.connectionsOff >= times.renaming, JSON.stringify(times));
    });
  });

  it('a live database that is gone: the built one takes its place, without a vault', async () => {
    stage = await Stage.set(server);
    await stage.live.drop();
    const run = await lifeboat(['switch', stage.live.url, '--to', 'letta_restored', '--yes'], { env: { LIFEBOAT_VAULT: '' } });
    assert.deepEqual([run.code, run.last.former, run.last.compared], [0, null, null], run.stdout);
    assert.equal((run.last.warnings as { code: string }[])[0]?.code, 'source-unknown');
    assert.ok((await stage.live.query('select from agents')).length > 0);
    assert.equal((await lifeboat(['rollback', stage.live.url, '--yes'])).last.code, 'former-gone');
  });

  it('a live database that is empty, as a new volume has it: nothing to lose, nothing to compare', async () => {
    stage = await Stage.set(server);
    await stage.live.drop();
    await server.createDatabase({ name: 'letta', vector: true });
    const openVault = () => Promise.reject(new LifeboatError('usage', { reason: 'No vault was named.' }));
    const result = await stage.switch({ openVault });
    assert.deepEqual([result.done, result.comparison, result.warnings, result.plan.snapshotTime], [true, null, [], null]);
    assert.match(result.plan.former ?? '', /^letta_before/);
    await stage.rollBack();
  });

  it('where nothing can be compared, says how old the built one is and that the vault holds newer snapshots', async () => {
    stage = await Stage.set(server);
    const { vault } = stage.held;
    const { time } = await vault.readManifest(stage.ref);
    await using other = await Stage.set(server, { name: 'lettb' });
    await backUp(other.live.url, vault);
    const ask = (confirm = async () => false) => stage.switch({ confirm });
    assert.deepEqual([(await ask()).plan.notes, (await ask()).plan.snapshotTime], [[], time]);
    await backUp(stage.live.url, vault);
    const newest = await vault.readManifest((await backUp(stage.live.url, vault)).ref);
    // It is compared: what it lacks is found row by row.
    assert.deepEqual((await ask()).plan.notes, []);
    await stage.live.drop();
    const run = await lifeboat(['switch', stage.live.url, '--to', 'letta_restored', '--yes', ...stage.args], {
      env: stage.env,
      json: false,
    });
    assert.equal(run.code, 0, run.stderr);
    assert.ok(run.stdout.includes(`built from snapshot ${stage.ref.id} of ${formatTime(time)}\n`), run.stdout);
    const note = `the vault holds 2 newer snapshots of letta: the newest is ${newest.id} of ${formatTime(newest.time)}. What was written after ${formatTime(time)} is not in letta_restored`;
    assert.equal(run.stdout.split(note).length, 3, 'once in the plan, once at the end');

    // Empty, as a new volume has it; the newest is damaged; then nothing newer is left.
    await stage.live.drop();
    await server.createDatabase({ name: 'letta', vector: true });
    await restoreTo(stage.built.url, vault, stage.ref);
    const damaged = withChanges(vault, {
      readManifest: async (ref) => {
        if (ref.id === newest.id) throw new LifeboatError('manifest-damaged', { snapshot: ref.id });
        return await vault.readManifest(ref);
      },
    });
    const { plan } = await stage.switch({ confirm: async () => false, openVault: async () => damaged });
    assert.match(plan.notes.find(({ code }) => code === 'newer-snapshots')?.message ?? '', /holds 1 newer snapshot of letta: it is /);
    const lost = async () => {
      throw new LifeboatError('no-vault', { vault: '/nowhere' });
    };
    const without = await stage.switch({ confirm: async () => false, openVault: lost });
    assert.deepEqual(
      without.warnings.map(({ code }) => code),
      ['newer-unknown'],
    );
  });

  it('says what the new one is not like: owner, connection limit, settings of roles', async () => {
    stage = await Stage.set(server);
    await server.query(`create role letta_owner; alter database letta owner to letta_owner; alter database letta connection limit 7`);
    await server.query(`alter role letta_owner in database letta set statement_timeout = '5s'`);
    const result = await stage.switch();
    assert.deepEqual(
      result.warnings.map(({ code }) => code),
      ['owner-differs', 'connection-limit-differs', 'role-settings-differ'],
    );
    await stage.rollBack();
    await stage.live.drop();
    await server.query('drop role letta_owner');
  });

  for (const name of [`le"tta`, `le'tta \\ x`, 'le/tta', 'лётка-写', `${'l'.repeat(62)}é`.slice(-62), 'Letta With Spaces'])
    it(`names like ${name}`, async () => {
      stage = await Stage.set(server, { name, built: `b_${[...name].slice(0, 30).join('')}` });
      const before = await outside(server);
      const run = await lifeboat(['switch', stage.live.url, '--to', stage.built.name, '--yes', ...stage.args], { env: stage.env });
      assert.equal(run.code, 0, run.stdout);
      assert.ok(Buffer.byteLength(String(run.last.former)) <= 63);
      assert.deepEqual((await outside(server))[String(run.last.former)]?.oid, before[name]?.oid);
      const listed = await lifeboat(['former', stage.live.url], { env: stage.env });
      assert.deepEqual(
        listed.lines.filter(({ type }) => type === 'former').map(({ former, wayBack }) => [former, wayBack]),
        [[run.last.former, true]],
      );
      const back = await lifeboat(['rollback', stage.live.url, '--yes'], { env: stage.env });
      assert.equal(back.code, 0, back.stdout);
      assert.deepEqual(await outside(server), before);
      await server.dropDatabase(name);
      await server.dropDatabase(stage.built.name);
    });

  it('two switches in one second get two names for what stood there', async () => {
    stage = await Stage.set(server);
    const now = () => new Date('2026-11-21T06:21:20.000Z');
    await server.createDatabase({ name: 'letta_before_20261121_062120' });
    const result = await stage.switch({ now });
    assert.equal(result.plan.former, 'letta_before_20261121_062120_2');
  });

  it('former lists what is kept, drops it after a plan, and nothing else', async () => {
    stage = await Stage.set(server);
    assert.deepEqual((await lifeboat(['former', stage.live.url])).last.formers, 0);
    const { plan } = await stage.switch();
    await restoreTo(stage.built.url, stage.held.vault, stage.ref);
    const second = await stage.switch();
    const url = stage.live.url;
    const listed = await lifeboat(['former', url]);
    const lines = listed.lines.filter(({ type }) => type === 'former');
    assert.deepEqual(
      lines.map(({ former, wayBack, releases }) => [former, wayBack, releases]),
      [
        [plan.former, false, ['0.16.7', '0.16.8']],
        [second.plan.former, true, ['0.16.7', '0.16.8']],
      ],
    );
    assert.ok(Number(lines[0]?.bytes) > 1e6);
    const drop = (name: string) => lifeboat(['former', url, '--drop', name, '--yes']);
    for (const [name, code] of [
      ['letta', 'not-former'],
      ['postgres', 'not-former'],
      ['nothing', 'no-such-database'],
      ['template1', 'not-former'],
    ] as const)
      assert.equal((await drop(name)).last.code, code, name);
    const client = new pg.Client({ connectionString: server.url(plan.former ?? '') });
    await client.connect();
    assert.equal((await drop(plan.former ?? '')).last.code, 'switch-in-use');
    await client.end();
    const dropped = await drop(plan.former ?? '');
    assert.deepEqual(
      [dropped.code, dropped.last.dropped, dropped.lines.some(({ type }) => type === 'plan')],
      [0, plan.former, true],
      dropped.stdout,
    );
    assert.ok(!(await server.databases()).includes(plan.former ?? ''));
    assert.equal((await lifeboat(['former', url])).last.formers, 1);
    const last = await drop(second.plan.former ?? '');
    assert.match(JSON.stringify(last.lines[0]), /cannot go back/);
    assert.equal((await lifeboat(['rollback', url, '--yes'])).last.code, 'former-gone');
  });

  it('in words: the plan, the figures, the way back', async () => {
    stage = await Stage.set(server);
    const words = (...args: string[]) => lifeboat(args, { env: stage.env, json: false });
    const there = await words('switch', stage.live.url, '--to', 'letta_restored', '--yes', ...stage.args);
    assert.match(
      there.stdout,
      /^Switch \(plan [0-9a-f]{12}\)\n[\s\S]*1\. shut letta and letta_restored off[\s\S]*compare every row[\s\S]*rename letta to letta_before_/,
    );
    assert.match(
      there.stdout,
      /nothing was written since the snapshot\n {2}off +nobody could connect for \d+\.\d\d s; the renaming took 0\.\d{3} s of it/,
    );
    const next = there.stdout.slice(there.stdout.indexOf('\nNext:\n'));
    assert.match(next, /^\nNext:\n {2}start the Letta server 0\.16\.7 or 0\.16\.8\n {2}lifeboat backup \S+ --vault (\S+) --identity /);
    assert.ok(
      next.includes(`--vault ${stage.held.directory} `) && /\n {2}lifeboat rollback .*\n {2}lifeboat former .* --drop/.test(next),
      next,
    );
    assert.match((await words('former', stage.live.url)).stdout, /goes back to it/);
    await stage.live.query(`update tools set updated_at = now() where tool_type = 'letta_core'`);
    const back = await words('rollback', stage.live.url, '--yes');
    assert.match(back.stdout, /look for rows that were written to letta since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC;/);
    assert.match((await words('former', stage.live.url)).stdout, /\nletta_restored .* put it aside\n1 former database of /);
    assert.match(back.stdout, /tools .*written by the server itself when it starts[\s\S]*is again what it was before the switch/);
  });

  it('with --quiet says how it ended and which name the other one has', async () => {
    stage = await Stage.set(server);
    const quiet = (...args: string[]) => lifeboat([...args, stage.live.url, '--yes', '--quiet'], { env: stage.env, json: false });
    const there = await quiet('switch', '--to', 'letta_restored', ...stage.args);
    assert.match(there.stdout, /is now what letta_restored was\.\n[\s\S]*kept as letta_before_\d{8}_\d{6}\n/);
    assert.doesNotMatch(there.stdout, /Next:/);
    assert.match((await quiet('rollback')).stdout, /is again what it was[\s\S]*kept as letta_restored\n/);
  });
});

describe('switch on every PostgreSQL', () => {
  it('15 to 18', async () => {
    for (const { major } of await testServers()) {
      await using own = await privateServer(major as 15);
      await using story = await Stage.set(own, { fixture: 'letta-0.16.2.custom-layout' });
      const before = await outside(own);
      await withBusyNeighbour(own, async () => {
        const there = await story.switch();
        assert.ok(there.times.renaming < 1);
        await story.rollBack();
      });
      assert.deepEqual(await outside(own), before);
    }
  });
});
