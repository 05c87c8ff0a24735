import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Session } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { openPlace } from '../../src/postgres/open-place.ts';
import type { Place } from '../../src/postgres/place.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { type PrivateServer, privateServer, withClient } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { atPhase, outside, Stage, withChanges } from './stage.ts';

let server: PrivateServer;
let stage: Stage;
const run = (...args: string[]) => lifeboat(args, { env: stage.env });

/** Runs `killed.ts`, which kills itself. */
async function killedAt(verb: 'switch' | 'rollback', point: string): Promise<void> {
  const program = join(import.meta.dirname, 'killed.ts');
  const child = spawn(
    process.execPath,
    [program, verb, point, stage.live.url, stage.built.name, stage.held.directory, stage.held.identity],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
  assert.equal(signal, 'SIGKILL', `${verb} was not killed ${point}`);
}

describe('an exchange that is killed or interrupted', () => {
  before(async () => {
    server = await privateServer();
  });
  after(() => server[Symbol.asyncDispose]());
  afterEach(() => stage[Symbol.asyncDispose]());

  for (const point of ['before begin', 'after begin', 'in compare', 'before complete', 'after complete'])
    it(`switch, killed ${point}: recognised, put back, and done by the next one`, async () => {
      stage = await Stage.set(server);
      const before = await outside(server);
      await killedAt('switch', point);
      const left = await outside(server);
      const status = await run('status', stage.live.url, ...stage.args);
      const listed = await run('former', stage.live.url);
      if (point === 'before begin') assert.deepEqual(left, before);
      if (point === 'after complete') assert.equal(left.letta?.oid, before.letta_restored?.oid);
      if (['after begin', 'in compare', 'before complete'].includes(point)) {
        assert.deepEqual([left.letta?.connectable, left.letta_restored?.connectable], [false, false]);
        const database = status.last.database as { error: { code: string } };
        assert.deepEqual([status.code, database.error?.code], [14, 'switch-half-done'], status.stdout);
        assert.equal(listed.code, 3);
        assert.match(listed.stdout, /switch-half-done/);
        assert.equal((await run('former', stage.live.url, '--drop', 'x', '--yes')).last.code, 'switch-half-done');
      } else {
        assert.equal(status.last.type, 'summary');
        assert.equal(listed.code, 0);
      }
      if (point === 'after complete') {
        const back = await run('rollback', stage.live.url, '--yes');
        assert.deepEqual([back.code, back.last.recovered], [0, false], back.stdout);
        assert.deepEqual(await outside(server), before);
        return;
      }
      const again = await run('switch', stage.live.url, '--to', 'letta_restored', '--yes', ...stage.args);
      assert.equal(again.code, 0, again.stdout);
      assert.equal((await outside(server)).letta?.oid, before.letta_restored?.oid);
      assert.equal(
        (again.last.warnings as { code: string }[]).some(({ code }) => code === 'switch-undone'),
        point !== 'before begin',
      );
    });

  for (const point of ['after begin', 'in compare', 'before complete'])
    it(`rollback puts right what a switch killed ${point} left, and does nothing else`, async () => {
      stage = await Stage.set(server);
      const before = await outside(server);
      await killedAt('switch', point);
      const back = await run('rollback', stage.live.url, '--yes');
      assert.deepEqual([back.code, back.last.recovered], [0, true], back.stdout);
      assert.deepEqual(await outside(server), before);
      await withClient(stage.live.url, (client) => client.query('select'));
    });

  for (const point of ['before begin', 'after begin', 'in compare', 'before complete', 'after complete'])
    it(`rollback, killed ${point}: the next one ends it`, async () => {
      stage = await Stage.set(server);
      const before = await outside(server);
      await stage.switch();
      const switched = await outside(server);
      await killedAt('rollback', point);
      if (point === 'after complete') assert.deepEqual(await outside(server), before);
      else {
        let back = await run('rollback', stage.live.url, '--yes');
        assert.equal(back.code, 0, back.stdout);
        if (back.last.recovered) {
          assert.deepEqual(await outside(server), switched);
          back = await run('rollback', stage.live.url, '--yes');
        }
        assert.deepEqual(await outside(server), before);
      }
    });

  it('the real program, killed at any time: always one of the two states, or put right to one', async () => {
    stage = await Stage.set(server);
    const before = await outside(server);
    const halves = [];
    for (const after of [450, 600, 700, 800, 900, 1000, 1150, 1300]) {
      await lifeboat(['switch', stage.live.url, '--to', 'letta_restored', '--yes', ...stage.args], {
        env: stage.env,
        kill: { after, signal: 'SIGKILL' },
      });
      const back = await run('rollback', stage.live.url, '--yes');
      assert.ok(back.code === 0 || ['no-switch', 'rolled-back-already'].includes(String(back.last.code)), `${after} ms: ${back.stdout}`);
      halves.push(back.last.recovered ?? 'nothing done');
      assert.deepEqual(await outside(server), before, `killed after ${after} ms`);
    }
  });

  it('SIGINT in the middle of the real program puts everything back: 130', async () => {
    stage = await Stage.set(server);
    await stage.live.query(`create table bulk as select n, repeat(md5(n::text), 200) as filler from generate_series(1, 2000) n`);
    const { backUp, restoreTo } = await import('../road/road.ts');
    const { ref } = await backUp(stage.live.url, stage.held.vault);
    await restoreTo(server.url('letta_large'), stage.held.vault, ref);
    const before = await outside(server);
    const program = lifeboat(['switch', stage.live.url, '--to', 'letta_large', '--yes', ...stage.args], {
      env: stage.env,
      kill: { after: 1300, signal: 'SIGINT' },
    });
    const { code, last, stdout } = await program;
    // On a machine that was faster or slower than that, it may have been too late or too early; everything is well then, too.
    if (code === 0) await stage.rollBack();
    else assert.ok(code === 130 && ['switch-interrupted', 'interrupted'].includes(String(last.code)), stdout);
    assert.deepEqual(await outside(server), before);
  });

  for (const phase of ['shut off', 'record', 'compare', 'exchange'])
    it(`an abort in phase ${phase} puts everything back`, async () => {
      stage = await Stage.set(server);
      const before = await outside(server);
      const controller = new AbortController();
      await assert.rejects(stage.switch({ signal: controller.signal, reporter: atPhase(phase, () => controller.abort()) }), {
        code: 'switch-interrupted',
      });
      assert.deepEqual(await outside(server), before);
    });

  it('the server crashes while databases are shut off: said, and put right when it is back', async () => {
    await using own = await privateServer();
    await using story = await Stage.set(own);
    const before = await outside(own);
    await assert.rejects(
      story.switch({
        wrap: (place) =>
          withChanges(place, {
            async begin(exchange) {
              await place.begin(exchange);
              await own.halt('immediate');
            },
          }),
      }),
      { code: 'switch-half-done' },
    );
    await own.launch();
    const back = await story.rollBack();
    assert.deepEqual([back.done, back.plan, back.warnings[0]?.code], [true, null, 'switch-undone']);
    assert.deepEqual(await outside(own), before);
  });

  it('the connection is lost before the renaming: put back over another one', async () => {
    stage = await Stage.set(server);
    const before = await outside(server);
    const cut = () =>
      server.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lifeboat' and datname = 'postgres'`);
    const wrap = (place: Place) =>
      withChanges(place, {
        async complete(exchange, notes) {
          await cut();
          await place.complete(exchange, notes);
        },
      });
    await assert.rejects(stage.switch({ wrap }), { code: 'connection-lost' });
    assert.deepEqual(await outside(server), before);
  });

  it('the answer to COMMIT is lost: whether it was done is found out', async () => {
    stage = await Stage.set(server);
    const before = await outside(server);
    let commits = 0;
    const deaf = (session: Session) =>
      withChanges(session, {
        async query(sql, values) {
          const rows = await session.query(sql, values);
          // The first COMMIT shuts off, the second exchanges the names.
          if (sql !== 'commit' || ++commits !== 2) return rows;
          session.abort();
          throw new LifeboatError('connection-lost', { database: 'postgres', reason: 'the answer never came' });
        },
      });
    const database = openDatabase(stage.live.url);
    const place = await openPlace(
      withChanges(database, {
        sibling(name) {
          const sibling = database.sibling(name);
          return name === 'postgres' ? withChanges(sibling, { connect: async () => deaf(await sibling.connect()) }) : sibling;
        },
      }),
      [stage.built.name],
    );
    const result = await stage.switch({ wrap: () => place });
    await place.close();
    assert.deepEqual([result.done, commits], [true, 2]);
    assert.equal((await outside(server)).letta?.oid, before.letta_restored?.oid);
    await stage.rollBack();
    assert.deepEqual(await outside(server), before);
  });

  it('two at once: the second waits, and then says that it is running', async () => {
    stage = await Stage.set(server);
    const database = openDatabase(stage.live.url);
    const place = await openPlace(database, [stage.built.name]);
    await place.claim();
    await assert.rejects(stage.switch(), { code: 'switch-running' });
    await place.close();
    await database.close();
    assert.equal((await stage.switch()).done, true);
  });
});
