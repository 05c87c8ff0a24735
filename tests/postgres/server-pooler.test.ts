import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { refuseTransactionPooler } from '../../src/postgres/server-transaction-pooler.ts';
import { testServer } from '../support/postgres.ts';

const program = process.env.PGBOUNCER ?? 'pgbouncer';
const missing = spawnSync(program, ['--version']).status !== 0 && 'no pgbouncer on this machine (PGBOUNCER names one)';

test('a server itself is no pooler', async () => {
  const session = await openDatabase((await testServer()).url()).connect();
  await refuseTransactionPooler(session);
  await session.close();
});

for (const mode of ['session', 'transaction', 'statement']) {
  test(`PgBouncer in ${mode} mode is ${mode === 'session' ? 'accepted' : 'refused'}`, { skip: missing }, async () => {
    const server = await testServer();
    await using created = await server.createDatabase();
    const port = await freePort();
    const directory = mkdtempSync(join(tmpdir(), 'lifeboat-pooler-'));
    chmodSync(directory, 0o755);
    const config = join(directory, 'pgbouncer.ini');
    writeFileSync(
      config,
      `[databases]\n* = host=127.0.0.1 port=${server.port} user=postgres\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=${port}\nauth_type=any\npool_mode=${mode}\nunix_socket_dir=\n`,
    );
    const pooler = spawn(program, [...(process.getuid?.() === 0 ? ['-u', 'postgres'] : []), config], { stdio: 'ignore' });
    try {
      const database = openDatabase(`postgresql://postgres@127.0.0.1:${port}/${created.name}`);
      await listening(port);
      const session = await database.connect();
      if (mode === 'session') await refuseTransactionPooler(session);
      else await assert.rejects(refuseTransactionPooler(session), { code: 'transaction-pooler', exit: 14 });
      await session.close();
      // Whoever gets the backend next has none of our settings.
      const next = new pg.Client({ connectionString: database.label });
      await next.connect();
      assert.deepEqual((await next.query('SHOW row_security')).rows, [{ row_security: 'on' }]);
      await next.end();
    } finally {
      pooler.kill();
      await once(pooler, 'exit');
      rmSync(directory, { recursive: true });
    }
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const reached = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (reached) return;
    assert.ok(attempt < 100, 'the pooler does not listen');
    await sleep(50);
  }
}
