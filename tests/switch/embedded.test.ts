import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type DirectoryCalls, systemDirectoryCalls } from '../../src/postgres/embedded-files.ts';
import { EmbeddedPlace } from '../../src/postgres/embedded-place.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import type { Exchange } from '../../src/postgres/place.ts';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { loadFixtureEmbedded } from '../support/fixtures.ts';
import { lifeboat } from '../support/program.ts';

describe('switch of embedded databases', () => {
  let origin: string;
  let directory: string;
  let held: TestVault;
  let env: Record<string, string>;
  const run = (...args: string[]) => lifeboat(args, { env });
  const url = (name = 'letta') => `pglite:${join(directory, name)}`;
  const names = () => readdirSync(directory).sort();

  before(async () => {
    origin = await mkdtemp(join(tmpdir(), 'lifeboat-origin-'));
    held = await TestVault.create();
    await (await loadFixtureEmbedded('letta-0.16.8', join(origin, 'letta'))).close();
    const { ref } = await backUp(`pglite:${join(origin, 'letta')}`, held.vault);
    await restoreTo(`pglite:${join(origin, 'built')}`, held.vault, ref);
    const identity = `${held.directory}-identity.txt`;
    await writeFile(identity, `${held.identity}\n`);
    env = {
      LIFEBOAT_PASSPHRASE: '',
      LIFEBOAT_IDENTITY: identity,
      LIFEBOAT_VAULT: held.directory,
      LIFEBOAT_STATE_DIR: `${held.directory}-state`,
    };
  });
  beforeEach(async () => {
    if (directory) await rm(directory, { recursive: true, force: true });
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-embedded-'));
    await cp(origin, directory, { recursive: true });
  });
  after(async () => {
    for (const path of [origin, directory, env.LIFEBOAT_IDENTITY ?? '', env.LIFEBOAT_STATE_DIR ?? ''])
      await rm(path, { recursive: true, force: true });
    await held[Symbol.asyncDispose]();
  });

  it('exchanges directories, lists and drops formers, goes back', async () => {
    const there = await run('switch', url(), '--to', 'built', '--yes');
    assert.equal(there.code, 0, there.stdout);
    const former = String(there.last.former);
    assert.deepEqual(names(), ['letta', former]);
    assert.equal(((await run('status', url())).last.database as { error: unknown }).error, null);
    const listed = await run('former', url());
    assert.deepEqual([listed.last.formers, listed.lines[0]?.former, listed.lines[0]?.wayBack], [1, former, true]);
    assert.ok(Number(listed.lines[0]?.bytes) > 1e6);
    const back = await run('rollback', url(), '--yes');
    assert.deepEqual([back.code, back.last.aside], [0, 'built'], back.stdout);
    assert.equal((await run('rollback', url(), '--yes')).last.code, 'rolled-back-already');
    const aside = await run('former', url());
    assert.deepEqual(
      aside.lines.filter(({ type }) => type === 'former').map(({ former, by }) => [former, by]),
      [['built', 'rollback']],
    );
    assert.deepEqual(names(), ['built', 'letta']);
    assert.equal((await run('verify', url(), '--against', 'latest')).last.equal, true);

    assert.equal((await run('switch', url(), '--to', 'built', '--yes')).code, 0);
    const [kept] = names().filter((name) => name.startsWith('letta_before'));
    assert.equal((await run('former', url(), '--drop', 'letta', '--yes')).last.code, 'not-former');
    assert.equal((await run('former', url(), '--drop', '../x', '--yes')).last.code, 'no-such-database');
    assert.equal((await run('former', url(), '--drop', kept ?? '', '--yes')).code, 0);
    assert.deepEqual(names(), ['letta']);
  });

  it('refuses rows that were written, by the live one before and by the new one after', async () => {
    const write = async (sql: string) => {
      const database = openDatabase(url());
      const session = await database.connect();
      await session.query(sql);
      await session.close();
      await database.close();
    };
    await write(`update block set value = value || '!' where id = (select min(id) from block)`);
    const refused = await run('switch', url(), '--to', 'built', '--yes');
    assert.deepEqual([refused.code, refused.last.code], [4, 'rows-written'], refused.stdout);
    assert.deepEqual(names(), ['built', 'letta']);
    const { report } = refused.last.facts as { report: string };
    assert.equal((await run('switch', url(), '--to', 'built', '--yes', '--accept-losses', report)).code, 0);
    await write(`update tools set updated_at = now() where tool_type = 'letta_core'`);
    await write(`delete from agents_tags where tag = (select min(tag) from agents_tags)`);
    const back = await run('rollback', url(), '--yes');
    assert.deepEqual(
      [back.code, back.last.code, (back.last.facts as { tables: string[] }).tables],
      [4, 'rows-written', ['agents_tags']],
      back.stdout,
    );
    assert.equal(names().filter((name) => name.endsWith('.switch.json')).length, 0);
  });

  it('a live one that is gone; a name that leads elsewhere; one that is open in another process', async () => {
    await rm(join(directory, 'letta'), { recursive: true });
    assert.equal((await run('switch', url(), '--to', '../letta', '--yes')).last.code, 'no-such-database');
    await writeFile(join(directory, 'built.lock'), String(process.pid));
    const busy = await run('switch', url(), '--to', 'built', '--yes');
    assert.equal(busy.last.code, 'database-busy', busy.stdout);
    await rm(join(directory, 'built.lock'));
    assert.equal((await run('switch', url(), '--to', 'built', '--yes')).code, 0);
    assert.deepEqual(names(), ['letta']);
    assert.equal((await run('switch', 'pglite:memory://a', '--to', 'b', '--yes')).last.code, 'bad-database-name');
  });

  it('status and former say what a switch that was cut off left; the next switch goes on', async () => {
    const exchange: Exchange = {
      id: 'e',
      time: '2026-11-21T06:21:20.000Z',
      name: 'letta',
      incoming: 'built',
      outgoing: 'letta_before',
      before: { incoming: { note: null, connectable: true }, outgoing: { note: null, connectable: true } },
    };
    const dying = new EmbeddedPlace(openDatabase(url()), join(directory, 'letta'), {
      ...systemDirectoryCalls,
      rename(from, to) {
        if (to.endsWith('letta')) throw new Error('killed');
        systemDirectoryCalls.rename(from, to);
      },
    });
    await dying.begin(exchange);
    await assert.rejects(dying.complete(exchange, { incoming: 'new', outgoing: 'old' }), /killed/);
    assert.deepEqual(
      names().filter((name) => !name.includes('.')),
      ['built', 'letta_before'],
    );
    const status = await run('status', url());
    assert.deepEqual(
      [status.code, (status.last.database as { error: { code: string } }).error.code],
      [14, 'switch-half-done'],
      status.stdout,
    );
    const said = await lifeboat(['status', url()], { env, json: false });
    assert.match(said.stdout, /Next:\n {2}lifeboat rollback pglite:/);
    assert.equal((await run('former', url())).code, 3);
    const again = await run('switch', url(), '--to', 'built', '--yes');
    assert.deepEqual([again.code, (again.last.warnings as { code: string }[])[0]?.code], [0, 'switch-undone'], again.stdout);
    assert.equal((await run('verify', url(), '--against', 'latest')).last.equal, true);
  });

  /** Every system call of an exchange, one after the other, is the last before the process dies. */
  for (const outgoing of ['letta_before', null] as const)
    it(`cut off after each step (${outgoing === null ? 'nothing has the name' : 'both names'}): the next one finds it out and puts it right`, async () => {
      const exchange: Exchange = {
        id: 'e',
        time: '2026-11-21T06:21:20.000Z',
        name: 'letta',
        incoming: 'built',
        outgoing,
        before: { incoming: { note: 'was built', connectable: true }, outgoing: outgoing && { note: null, connectable: true } },
      };
      const place = (calls?: DirectoryCalls) => new EmbeddedPlace(openDatabase(url()), join(directory, 'letta'), calls);
      const prepare = async () => {
        await rm(directory, { recursive: true, force: true });
        for (const name of outgoing === null ? ['built'] : ['built', 'letta']) {
          await cp(join(origin, 'letta/PG_VERSION'), join(directory, name, 'PG_VERSION'));
          await writeFile(join(directory, name, 'I-AM'), name);
        }
        await writeFile(join(directory, 'built/lifeboat.json'), 'was built');
      };
      const see = async () =>
        Object.fromEntries((await place().databases()).map(({ name, note }) => [name, [existsSync(join(directory, name, 'I-AM')), note]]));
      const outcomes: string[] = [];
      for (let steps = 0; ; steps++) {
        await prepare();
        const before = await see();
        let left = steps;
        const mortal = Object.fromEntries(
          Object.entries(systemDirectoryCalls).map(([name, call]) => [
            name,
            (...words: [string, string]) => {
              if (left-- === 0) throw new Error('killed');
              call(...words);
            },
          ]),
        ) as unknown as DirectoryCalls;
        const dying = place(mortal);
        let whole = true;
        await dying
          .begin(exchange)
          .then(() => dying.complete(exchange, { incoming: 'new note', outgoing: 'former note' }))
          .catch((error: Error) => {
            assert.equal(error.message, 'killed');
            whole = false;
          });
        const done = { ...(outgoing !== null && { [outgoing]: [true, 'former note'] }), letta: [true, 'new note'] };
        if (whole) {
          assert.deepEqual(await see(), done);
          assert.equal(await place().unfinished('letta'), null);
          break;
        }
        const found = await place().unfinished('letta');
        const outcome = found ? await place().undo(found) : 'nothing';
        outcomes.push(outcome);
        assert.deepEqual(await see(), outcome === 'finished' ? done : before, `after ${steps} steps`);
        assert.equal(await place().unfinished('letta'), null);
      }
      assert.deepEqual(
        outcomes,
        outgoing === null ? ['nothing', 'undone', 'undone', 'finished'] : ['nothing', 'undone', 'undone', 'undone', 'undone', 'finished'],
      );
    });
});
