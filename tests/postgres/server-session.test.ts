import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Session } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { privateServer, type TestDatabase, testServer } from '../support/postgres.ts';
import { stallingProxy } from './stalling-proxy.ts';

const megabytes = (count: number) =>
  `COPY (SELECT i, repeat(md5(i::text), 32) FROM generate_series(1, ${count * 1000}) i) TO STDOUT (FORMAT binary)`;

let test_: TestDatabase;
let database: Database;
before(async () => {
  test_ = await (await testServer()).createDatabase();
  database = openDatabase(test_.url);
});
after(() => test_.drop());

async function within<T>(work: (session: Session) => Promise<T>, on = database): Promise<T> {
  const session = await on.connect();
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

async function* endless(chunk = Buffer.alloc(65_536, 'x\n')): AsyncGenerator<Buffer> {
  for (;;) yield chunk;
}

async function read(chunks: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

describe('a session on a server', () => {
  test('every value is text; parameters, several statements', () =>
    within(async (session) => {
      const [row] = await session.query(
        `SELECT $1::int + 1 AS a, $2::bool AS b, $3::text AS c, $4::text AS d, now() IS NOT NULL AS e, '{1,2}'::int[] AS f, '{"a":1}'::json AS g`,
        [41, true, null, "it's"],
      );
      assert.deepEqual({ ...row }, { a: '42', b: 't', c: null, d: "it's", e: 't', f: '{1,2}', g: '{"a":1}' });
      assert.deepEqual(
        (await session.query('SELECT 1 AS a; SELECT 2 AS b')).map((each) => ({ ...each })),
        [{ b: '2' }],
      );
      assert.deepEqual(await session.query('CREATE TABLE none ()'), []);
    }));

  test('settings are pinned, whatever database and role say', async () => {
    await test_.query(
      `ALTER DATABASE "${test_.name}" SET TimeZone TO 'Asia/Tokyo'; ALTER DATABASE "${test_.name}" SET statement_timeout TO '1s'`,
    );
    await within(async (session) => {
      const [row] =
        await session.query(`SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS timeout, current_setting('client_encoding') AS encoding,
        current_setting('transaction_timeout', true) AS transaction, current_setting('application_name') AS name, current_setting('client_connection_check_interval') AS check`);
      assert.deepEqual(
        { ...row },
        {
          zone: 'UTC',
          timeout: '0',
          encoding: 'UTF8',
          transaction: row?.transaction === null ? null : '0',
          name: 'lifeboat',
          check: '2s',
        },
      );
    });
  });

  test('COPY goes both ways, and the session goes on', () =>
    within(async (session) => {
      await session.query('CREATE TABLE copied (a text)');
      const lines = Array.from({ length: 5000 }, (_, index) => Buffer.from(`${index} ${'y'.repeat(500)}\n`));
      assert.equal(await session.copyIn('COPY copied FROM STDIN', lines), 5000);
      assert.equal(await session.copyIn('COPY copied FROM STDIN', []), 0);
      assert.equal(await read(session.copyOut('COPY copied TO STDOUT')), Buffer.concat(lines).length);
      assert.equal((await session.query('SELECT count(*) AS n FROM copied'))[0]?.n, '5000');
    }));

  test('COPY asks for the next chunk only when the one before has left: its memory may be used again', () =>
    within(async (session) => {
      await session.query('CREATE TABLE reused (a text)');
      const memory = Buffer.alloc(3_000_000);
      // Far more than lies between us and a server that is busy: what was overwritten too early would show.
      const reusing = async function* () {
        for (const letter of 'abcdefghij') {
          memory.fill(letter);
          for (let at = 999; at < memory.length; at += 1000) memory[at] = 0x0a;
          yield memory;
        }
      };
      assert.equal(await session.copyIn('COPY reused FROM STDIN', reusing()), 30_000);
      assert.deepEqual(
        (await session.query('SELECT a, count(*) AS n FROM reused GROUP BY a ORDER BY a')).map(({ a, n }) => `${n} ${a}`),
        [...'abcdefghij'].map((letter) => `3000 ${letter.repeat(999)}`),
      );
    }));

  test('an error of the server is named and the session goes on', () =>
    within(async (session) => {
      await assert.rejects(session.query('SELECT nothing'), {
        code: 'database-error',
        facts: { database: database.label, reason: 'column "nothing" does not exist', sqlstate: '42703' },
      });
      await assert.rejects(read(session.copyOut('COPY nowhere TO STDOUT')), { code: 'database-error' });
      await assert.rejects(read(session.copyOut('COPY (SELECT 1 / (3000 - i) FROM generate_series(1, 9000) i) TO STDOUT')), {
        code: 'database-error',
      });
      await session.query('CREATE TABLE strict (a integer)');
      await assert.rejects(session.copyIn('COPY strict FROM STDIN', endless()), { code: 'database-error' });
      await assert.rejects(session.copyIn('COPY nowhere FROM STDIN', endless()), { code: 'database-error' });
      const reason = new Error('mine');
      const failing = async function* () {
        yield Buffer.from('1\n');
        throw reason;
      };
      await assert.rejects(session.copyIn('COPY strict FROM STDIN', failing()), (error) => error === reason);
      assert.deepEqual(await session.query('SELECT * FROM strict'), []);
      await session.query(`SET statement_timeout = 50`);
      await assert.rejects(session.query('SELECT pg_sleep(5)'), { code: 'query-cancelled' });
    }));

  test('fault 34: what may not be read is permission-denied', async () => {
    const server = test_.server;
    await server.query(
      `DO $$ BEGIN CREATE ROLE lifeboat_stranger LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
    );
    await test_.query(
      'CREATE TABLE private (a integer); CREATE TABLE hidden (a integer); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; GRANT SELECT ON hidden TO lifeboat_stranger',
    );
    await within(
      async (session) => {
        await assert.rejects(read(session.copyOut('COPY (SELECT * FROM private) TO STDOUT')), { code: 'permission-denied', exit: 14 });
        await assert.rejects(read(session.copyOut('COPY (SELECT * FROM hidden) TO STDOUT')), { code: 'permission-denied' });
      },
      openDatabase(server.url(test_.name, 'lifeboat_stranger')),
    );
  });

  test('leaving a COPY early ends the session at once', async () => {
    const session = await database.connect();
    for await (const chunk of session.copyOut(megabytes(500))) {
      assert.ok(chunk.length > 0);
      break;
    }
    await assert.rejects(session.query('SELECT 1'), { code: 'connection-lost' });
    await session.close();
    await session.close();
  });

  test('abort: at any time, also twice, and the backend goes away', async () => {
    const session = await database.connect();
    const [me] = await session.query('SELECT pg_backend_pid() AS pid');
    const sleeping = session.query('SELECT pg_sleep(60)');
    setTimeout(() => session.abort(), 50);
    await assert.rejects(sleeping, { code: 'connection-lost' });
    session.abort();
    await session.close();
    const copying = await database.connect();
    let seen = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of copying.copyOut(megabytes(500))) {
          seen += chunk.length;
          copying.abort();
        }
      },
      { code: 'connection-lost' },
    );
    assert.ok(seen < 2_000_000);
    const loading = await database.connect();
    await loading.query('CREATE TEMPORARY TABLE t (a text)');
    setTimeout(() => loading.abort(), 50);
    await assert.rejects(loading.copyIn('COPY t FROM STDIN', endless()), { code: 'connection-lost' });
    for (let waited = 0; ; waited += 100) {
      const rows = await test_.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [me?.pid]);
      if (rows.length === 0) break;
      assert.ok(waited < 15_000, 'the backend still sleeps');
      await sleep(100);
    }
  });

  test('a slow reader holds the server back', () =>
    within(async (session) => {
      let rss = 0;
      const before = process.memoryUsage().rss;
      let chunks = 0;
      for await (const chunk of session.copyOut(megabytes(60))) {
        if (chunks++ % 200 === 0) await sleep(20);
        rss = Math.max(rss, process.memoryUsage().rss - before);
        assert.ok(chunk.length > 0);
      }
      assert.ok(rss < 100_000_000, `${rss}`);
    }));
});

describe('connections that fail', () => {
  test('are told apart', async () => {
    const server = test_.server;
    await assert.rejects(
      openDatabase('postgresql://me:s3cret@127.0.0.1:1/x').connect(),
      (error: Error & { code: string; exit: number }) =>
        error.code === 'database-unreachable' && error.exit === 20 && !/s3cret/.test(error.message),
    );
    await assert.rejects(openDatabase('postgresql://me@no.such.host.invalid/x').connect(), { code: 'database-unreachable' });
    await assert.rejects(openDatabase(server.url('no such database')).connect(), { code: 'no-such-database' });
    await assert.rejects(openDatabase(server.url('postgres', 'no_such_role')).connect(), { code: 'wrong-password' });
    await assert.rejects(openDatabase(`${test_.url}?sslmode=require`).connect(), { code: 'database-unreachable' });
    await within(
      async (session) => assert.equal((await session.query('SELECT 1 AS a'))[0]?.a, '1'),
      openDatabase(`${test_.url}?sslmode=prefer`),
    );
    // Somebody who accepts and says nothing.
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    await assert.rejects(openDatabase(`postgresql://me@127.0.0.1:${port}/x`, { connectTimeout: 100 }).connect(), {
      code: 'database-unreachable',
    });
    silent.close();
  });

  test('a wrong or missing password', async () => {
    await using server = await privateServer();
    await server.query(`CREATE ROLE letta LOGIN PASSWORD 'right'`);
    await server.query(`ALTER SYSTEM SET hba_file = '${server.directory}/hba.conf'`);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${server.directory}/hba.conf`, 'host all postgres all trust\nhost all all all scram-sha-256\n');
    await server.restart();
    const url = (password: string) => `postgresql://letta${password}@127.0.0.1:${server.port}/postgres`;
    const environment = { PGPASSFILE: '/nowhere' };
    await within((session) => session.query('SELECT 1'), openDatabase(url(':right')));
    await within((session) => session.query('SELECT 1'), openDatabase(url(''), { environment: { PGPASSWORD: 'right' } }));
    await assert.rejects(openDatabase(url(':wrong')).connect(), { code: 'wrong-password', exit: 20 });
    await assert.rejects(openDatabase(url(''), { environment }).connect(), { code: 'wrong-password' });
  });

  test('fault 26: a server that crashes mid-COPY is connection-lost, in both directions', async () => {
    await using server = await privateServer();
    const target = openDatabase(server.url());
    const [reading, loading, idle] = await Promise.all([target.connect(), target.connect(), target.connect()]);
    await loading.query('CREATE TEMPORARY TABLE t (a text)');
    const loaded = assert.rejects(loading.copyIn('COPY t FROM STDIN', endless()), { code: 'connection-lost', exit: 20 });
    let seen = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of reading.copyOut(megabytes(500))) {
          seen += chunk.length;
          if (seen > 1_000_000 && server.isRunning) await server.halt('immediate');
        }
      },
      { code: 'connection-lost', exit: 20 },
    );
    await loaded;
    await assert.rejects(idle.query('SELECT 1'), { code: 'connection-lost' });
    for (const session of [reading, loading, idle]) await session.close();
    await assert.rejects(target.connect(), { code: 'database-unreachable' });
  });

  test('an administrator ends the backend', () =>
    within(async (session) => {
      const [me] = await session.query('SELECT pg_backend_pid() AS pid');
      const sleeping = assert.rejects(session.query('SELECT pg_sleep(60)'), { code: 'connection-lost' });
      await test_.query('SELECT pg_terminate_backend($1)', [me?.pid]);
      await sleeping;
    }));

  test('fault 27: a connection that falls silent is given up in bounded time', async () => {
    const proxy = await stallingProxy(test_.server.port);
    try {
      const target = openDatabase(`postgresql://postgres@127.0.0.1:${proxy.port}/${test_.name}`, { idleDeadline: 300 });
      const [reading, loading, waiting] = await Promise.all([target.connect(), target.connect(), target.connect()]);
      await loading.query('CREATE TEMPORARY TABLE t (a text)');
      const started = performance.now();
      const stalled = { code: 'connection-stalled', exit: 20 };
      const loaded = assert.rejects(loading.copyIn('COPY t FROM STDIN', endless()), stalled);
      let seen = 0;
      await assert.rejects(async () => {
        for await (const chunk of reading.copyOut(megabytes(500))) {
          seen += chunk.length;
          if (seen > 1_000_000) proxy.stall();
        }
      }, stalled);
      await loaded;
      // Before the first byte a server may sort: it is given longer, not for ever.
      await assert.rejects(read(waiting.copyOut('COPY (SELECT 1) TO STDOUT')), stalled);
      assert.ok(performance.now() - started < 8_000);
      for (const session of [reading, loading, waiting]) await session.close();
    } finally {
      proxy.close();
    }
  });

  test('our own pauses are no stall', () =>
    within(
      async (session) => {
        let chunks = 0;
        for await (const chunk of session.copyOut(megabytes(5))) if (chunks++ === 0) await sleep(700 + (chunk.length & 1));
        assert.equal((await session.query('SELECT 1 AS a'))[0]?.a, '1');
      },
      openDatabase(test_.url, { idleDeadline: 200 }),
    ));
});
