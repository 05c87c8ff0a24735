import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type DrillMark, directoryName, markFile } from '../../src/drill/drill-mark.ts';
import { type Leftover, sweep } from '../../src/drill/sweep.ts';
import type { RestoreMark } from '../../src/postgres/build-mark.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { systemProcesses } from '../../src/vault/process-identity.ts';
import { type PrivateServer, privateServer } from '../support/postgres.ts';
import { DrillStage } from './stage.ts';

let server: PrivateServer;
let stage: DrillStage;

/** Runs `killed.ts`, which kills itself. */
async function killedAt(where: string, point: string): Promise<void> {
  const words = [where, point, stage.held.directory, stage.held.identity, server.binDir];
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed.ts'), ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TMPDIR: stage.temporary },
  });
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
  assert.equal(signal, 'SIGKILL', `a drill on ${where} was not killed at ${point}`);
}

/** Programs whose command line names the stage's directory. */
function running(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return words.includes(`${stage.temporary}/`) ? [words.replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}

const drillDatabases = async () => (await server.databases()).filter((name) => name.startsWith('lifeboat_drill_'));
const swept = (lines: Record<string, unknown>[]) => lines.filter(({ type }) => type === 'swept') as unknown as Leftover[];

/** What a drill does before anything else, in this process. */
async function sweepAlone(url?: string): Promise<Leftover[]> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = stage.temporary;
  const database = url === undefined ? null : openDatabase(url);
  try {
    return await sweep(database);
  } finally {
    await database?.close();
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/** A directory as a drill makes it. */
function plant(id: string, process: Partial<DrillMark['drill']['process']> | null, more: Partial<DrillMark> = {}): string {
  const directory = join(stage.temporary, directoryName(id));
  mkdirSync(directory);
  if (process) {
    const mark: DrillMark = {
      lifeboat: 1,
      drill: { id, process: { ...systemProcesses.self(), ...process } },
      started: new Date().toISOString(),
      database: null,
      ...more,
    };
    writeFileSync(join(directory, markFile), JSON.stringify(mark));
  }
  writeFileSync(join(directory, 'kept'), 'something');
  return directory;
}

/** No process has this number: the kernel's own limit is 2^22. */
const nobody = { pid: 2 ** 22 + 7, start: '1' };

describe('what a drill that is killed leaves', () => {
  before(async () => {
    server = await privateServer();
    stage = await DrillStage.set('letta-0.16.8');
  });
  after(async () => {
    await stage[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    for (const name of await drillDatabases()) await server.dropDatabase(name);
  });

  for (const point of ['initdb', 'load', 'self-test', 'remove', 'removing'])
    it(`local, killed at ${point}: the next drill removes directory and server, and says how it knew`, async () => {
      await killedAt('local', point);
      assert.equal(stage.left().length, 1);
      const next = await stage.run(['--on', server.url()]);
      assert.equal(next.code, 3, next.stdout + next.stderr);
      const [one, ...more] = swept(next.lines);
      assert.deepEqual([one?.removed, more], [true, []]);
      assert.match(one?.evidence ?? '', /its mark names drill [0-9a-f]{16} of .+; process \d+ on .+ is gone/);
      if (['load', 'self-test', 'remove'].includes(point)) assert.match(one?.what ?? '', /and postgres \(process \d+\) that ran in it/);
      assert.deepEqual([stage.left(), running()], [[], []]);
    });

  for (const point of ['load', 'remove'])
    it(`embedded, killed at ${point}: the next drill removes the directory`, async () => {
      await killedAt('embedded', point);
      assert.equal(stage.left().length, 1);
      const next = await stage.run(['--on', 'local', '--postgres', server.binDir]);
      assert.equal(next.code, 3, next.stdout + next.stderr);
      assert.equal(swept(next.lines).length, 1);
      assert.deepEqual([stage.left(), running()], [[], []]);
    });

  for (const point of ['create', 'load', 'self-test', 'remove'])
    it(`on a server, killed at ${point}: the next drill there drops the database, and no neighbour`, async () => {
      const names = ['lifeboat_drill_0123456789abcdef', 'lifeboat_drill_staging', 'lifeboat_drill_fedcba9876543210'];
      for (const name of names) await server.createDatabase({ name });
      await server.query(`comment on database lifeboat_drill_fedcba9876543210 is 'mine, {"lifeboat":1}'`);
      await killedAt(server.url(), point);
      const next = await stage.run(['--on', server.url()]);
      assert.equal(next.code, 3, next.stdout + next.stderr);
      assert.ok(swept(next.lines).every(({ removed }) => removed));
      assert.ok(swept(next.lines).length > 0);
      assert.deepEqual(stage.left(), []);
      assert.deepEqual(await drillDatabases(), names.toSorted());
    });

  it('killed between CREATE DATABASE and its mark: known by the name that was written down before, and only while it is empty', async () => {
    const id = 'abcdefabcdef0001';
    const name = `lifeboat_drill_${id}`;
    const [row] = await server.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
    const database = { systemIdentifier: row?.id ?? '', name, label: server.url(name) };
    await server.createDatabase({ name });
    const directory = plant(id, nobody, { database });
    await server.query('create table mine ()', [], name);
    const first = await sweepAlone(server.url());
    assert.deepEqual([existsSync(directory), (await drillDatabases()).includes(name)], [true, true], JSON.stringify(first));
    assert.match(first[0]?.evidence ?? '', /but it bears another mark, or holds something without one/);
    await server.query('drop table mine', [], name);
    const second = await sweepAlone(server.url());
    assert.deepEqual([existsSync(directory), await drillDatabases()], [false, []], JSON.stringify(second));
  });

  it('a database on a server that is not drilled on stays, and is named', async () => {
    const directory = plant('abcdefabcdef0002', nobody, {
      database: {
        systemIdentifier: '1',
        name: 'lifeboat_drill_abcdefabcdef0002',
        label: 'postgresql://letta@staging/lifeboat_drill_abcdefabcdef0002',
      },
    });
    const [one] = await sweepAlone();
    assert.deepEqual(
      [one?.removed, one?.what, existsSync(directory)],
      [false, 'postgresql://letta@staging/lifeboat_drill_abcdefabcdef0002', true],
    );
  });

  it('a database that bears the mark goes even where the host has lost its temporary files', async () => {
    await killedAt(server.url(), 'prove');
    await stage[Symbol.asyncDispose]();
    stage = await DrillStage.set('letta-0.16.8');
    assert.equal((await drillDatabases()).length, 1);
    const [one] = await sweepAlone(server.url());
    assert.match(one?.evidence ?? '', /its comment names drill/);
    assert.deepEqual(await drillDatabases(), []);
  });

  it('a database with somebody in it stays, whatever its mark says of the process: a clone of the machine may be at work', async () => {
    const id = 'abcdefabcdef000a';
    const name = `lifeboat_drill_${id}`;
    await server.createDatabase({ name });
    const mark: RestoreMark = {
      ...{ lifeboat: 1, state: 'incomplete', vault: 'v', snapshot: 's', plan: 'p', created: true, time: new Date().toISOString() },
      drill: { id, process: { ...systemProcesses.self(), ...nobody } },
    };
    await server.query(`comment on database ${name} is '${JSON.stringify(mark)}'`);
    const database = openDatabase(server.url(name));
    const session = await database.connect();
    const [first] = await sweepAlone(server.url());
    assert.deepEqual([first?.removed, await drillDatabases()], [false, [name]]);
    assert.match(first?.evidence ?? '', /but somebody is connected to it/);
    assert.deepEqual(await session.query('select 1 as alive'), [{ alive: '1' }]);
    await session.close();
    await database.close();
    const [second] = await sweepAlone(server.url());
    assert.deepEqual([second?.removed, await drillDatabases()], [true, []]);
  });

  it('drills that live, of other hosts, without a mark or under another name are left alone', async () => {
    const kept = [
      plant('abcdefabcdef0003', {}),
      plant('abcdefabcdef0004', { ...nobody, host: 'another-host' }),
      plant('abcdefabcdef0005', { ...nobody, pidNamespace: 'pid:[1]' }),
      plant('abcdefabcdef0006', null),
    ];
    const moved = plant('abcdefabcdef0007', null);
    writeFileSync(
      join(moved, markFile),
      readFileSync(join(kept[1] ?? '', markFile), 'utf8').replace('another-host', systemProcesses.self().host),
    );
    assert.deepEqual(await sweepAlone(), []);
    for (const directory of [...kept, moved]) assert.ok(existsSync(join(directory, 'kept')), directory);
  });

  it('an empty directory that never came to its mark goes when it is not fresh', async () => {
    const [old, fresh] = ['abcdefabcdef0008', 'abcdefabcdef0009'].map((id) => join(stage.temporary, directoryName(id)));
    for (const directory of [old, fresh]) mkdirSync(directory ?? '');
    utimesSync(old ?? '', new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    assert.equal((await sweepAlone()).length, 1);
    assert.deepEqual([existsSync(old ?? ''), existsSync(fresh ?? '')], [false, true]);
    rmSync(fresh ?? '', { recursive: true });
  });

  it('SIGINT removes everything before the program ends: 130, and no proof of it', async () => {
    const proofs = (await stage.proofs()).length;
    const before = stage.left();
    const run = await stage.run(['--on', 'local', '--postgres', server.binDir], { kill: { after: 1500, signal: 'SIGINT' } });
    // On a machine that is faster than that it is done.
    assert.ok(run.code === 130 || run.code === 3, run.stdout + run.stderr);
    // Not what an interrupted restore says of the database that it leaves.
    if (run.code === 130) assert.equal(run.last.code, 'interrupted', run.stdout);
    assert.deepEqual([stage.left(), running()], [before, []]);
    assert.equal((await stage.proofs()).length, proofs + (run.code === 3 ? 1 : 0));
  });
});
