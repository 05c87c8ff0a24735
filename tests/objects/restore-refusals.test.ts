import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { backup } from '../../src/backup/backup.ts';
import { parseMark } from '../../src/postgres/build-mark.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { restore } from '../../src/restore/restore.ts';
import { backUp, never, restoreTo, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: Error & { code?: string }) => error.code ?? String(error),
  );

describe('a restore that cannot go through', () => {
  let server: TestServer;
  let source: TestDatabase;
  let held: TestVault;
  let taken: Awaited<ReturnType<typeof backUp>>;

  before(async () => {
    server = await testServer(16);
    source = await loadFixture(server, 'letta-0.11.3');
    await source.query(
      'create table bulk as select i as id, repeat(md5(i::text), 12) as filler from generate_series(1, 60000) i; alter table bulk add primary key (id)',
    );
    held = await TestVault.create();
    taken = await backUp(source.url, held.vault);
  });
  after(async () => {
    await source.drop();
    await held[Symbol.asyncDispose]();
  });

  const markOf = async (name: string) =>
    parseMark(
      (
        await server.query<{ c: string }>(`select shobj_description(oid, 'pg_database') as c from pg_database where datname = $1`, [name])
      )[0]?.c ?? null,
    );

  it('two at once into one database: one builds it whole, the other is refused', async () => {
    const name = `${source.name}_two`;
    const codes = await Promise.all([0, 1, 2].map(() => codeOf(restoreTo(server.url(name), held.vault, taken.ref))));
    assert.deepEqual(codes.sort(), ['done', 'target-in-use', 'target-in-use']);
    assert.equal((await markOf(name))?.state, 'complete');
    await server.dropDatabase(name);
  });

  it('a connection that is killed is a registered error; the database stays marked incomplete, and the next run replaces it', async () => {
    const name = `${source.name}_cut`;
    const target = openDatabase(server.url(name));
    let killed = 0;
    const running = restore({
      vault: held.vault,
      ref: taken.ref,
      target,
      signal: never,
      confirm: async () => true,
      request: { layout: { kind: 'same' }, owner: null, withObjects: false },
      reporter: {
        ...silentReporter,
        progress: () => {
          if (killed++ === 0)
            void server.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and state <> 'idle'`, [name]);
        },
      },
    });
    assert.equal(await codeOf(running), 'connection-lost');
    await target.close();
    assert.equal((await markOf(name))?.state, 'incomplete');
    assert.equal((await restoreTo(server.url(name), held.vault, taken.ref)).comparison?.equal, true);
    assert.equal((await markOf(name))?.state, 'complete');
    await server.dropDatabase(name);
  });

  it('a layout whose schema the snapshot uses for other tables is refused, `public` too', async () => {
    await using custom = await loadFixture(server, 'letta-0.16.2.custom-layout');
    await custom.query('create schema if not exists public; create table public.agents (mine text)');
    const { ref } = await backUp(custom.url, held.vault);
    assert.equal(
      await codeOf(restoreTo(server.url(`${custom.name}_p`), held.vault, ref, { layout: { kind: 'public' } })),
      'layout-collides',
    );
    assert.ok(!(await server.databases()).includes(`${custom.name}_p`));
  });

  it('an interrupt ends a backup at once that waits for a lock', async () => {
    const client = new pg.Client({ connectionString: source.url });
    await client.connect();
    await client.query('begin; lock table agents in access exclusive mode');
    const interrupt = new AbortController();
    const database = openDatabase(source.url);
    const started = Date.now();
    const running = codeOf(
      backup({
        database,
        vault: held.vault,
        reporter: silentReporter,
        signal: interrupt.signal,
        toolVersion: 'test',
        lockTimeoutMs: 20_000,
      }),
    );
    await sleep(500);
    interrupt.abort();
    assert.equal(await running, 'interrupted');
    assert.ok(Date.now() - started < 5000, `${Date.now() - started} ms`);
    await client.query('rollback');
    await client.end();
    await database.close();
  });

  it('into an empty database where somebody put the extension into public already, in the other layout too', async () => {
    for (const fixture of ['letta-0.16.2.custom-layout', 'letta-0.11.3'] as const) {
      await using origin = await loadFixture(server, fixture);
      const { ref } = await backUp(origin.url, held.vault);
      await using empty = await server.createDatabase({ vector: true });
      const result = await restoreTo(
        empty.url,
        held.vault,
        ref,
        fixture === 'letta-0.11.3' ? { layout: { kind: 'schema', name: 'letta' } } : {},
      );
      assert.equal(result.comparison?.equal, true);
      assert.deepEqual(result.drift, []);
    }
  });
});
