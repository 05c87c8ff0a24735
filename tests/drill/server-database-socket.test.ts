import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { serveDatabaseAt } from '../../src/drill/server/postgres-upstream.ts';
import { serverTarget } from '../../src/postgres/server-target.ts';
import { privateServer } from '../support/postgres.ts';
import { unprivilegedAccount } from '../support/test-cache.ts';
import { Room } from './confined.ts';

const run = promisify(execFile);
const openssl = await run('openssl', ['version']).then(
  () => true,
  () => false,
);

/** How a confined server reaches its database: a socket whose other end may be anywhere. */
describe('the socket to a database', { skip: openssl ? false : 'no openssl on this machine' }, () => {
  let server: Awaited<ReturnType<typeof privateServer>>;
  let room: Room;
  let certificate: string;
  before(async () => {
    server = await privateServer(15);
    room = await Room.make();
    certificate = join(server.directory, 'server.crt');
    const key = join(server.directory, 'server.key');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate, ...subject]);
    await chmod(key, 0o600);
    const account = await unprivilegedAccount();
    if (account) await chown(key, account.uid, account.gid);
    await writeFile(join(server.directory, 'hba.conf'), 'local all all trust\nhostssl all all all trust\n');
    const settings = { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key, hba_file: join(server.directory, 'hba.conf') };
    for (const [name, value] of Object.entries(settings)) await server.query(`ALTER SYSTEM SET ${name} = '${value}'`);
    await server.restart();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await room[Symbol.asyncDispose]();
  });

  /** Through a socket of its own. PostgreSQL's clients take a directory and a port for one. */
  const through = async <Result>(url: string, work: (directory: string, path: string) => Promise<Result>): Promise<Result> => {
    const path = join(room.directory, '.s.PGSQL.5432');
    const socket = await serveDatabaseAt(path, serverTarget(url, {}));
    try {
      return await work(room.directory, path);
    } finally {
      await new Promise((resolve) => socket.close(resolve));
    }
  };

  const ask = async (directory: string): Promise<unknown> => {
    const client = new pg.Client({ host: directory, port: 5432, user: 'postgres', database: 'postgres' });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).rows[0]?.ssl;
    } finally {
      await client.end();
    }
  };

  test('is plain where the database has one itself', async () => {
    const url = `postgresql://postgres@/postgres?host=${join(server.directory, 'socket')}&port=${server.port}`;
    assert.equal(await through(url, ask), false);
  });

  test('is encrypted and checked as the URL asks, though nothing within is', async () => {
    const url = (more: string) => `postgresql://postgres@localhost:${server.port}/postgres?${more}`;
    assert.equal(await through(url('sslmode=require'), ask), true);
    assert.equal(await through(url('sslmode=prefer'), ask), true);
    assert.equal(await through(url(`sslmode=verify-full&sslrootcert=${certificate}`), ask), true);
    await assert.rejects(through(url('sslmode=verify-full'), ask), 'a certificate that nobody vouches for');
    await assert.rejects(through(url('sslmode=disable'), ask), /no encryption|terminated/);
  });

  test('a client within that asks for encryption is told that there is none, and goes on', async () => {
    const startup = Buffer.from('\0\0\0\x24\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
    startup.writeUInt32BE(startup.length);
    const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
    const answers = await through(`postgresql://postgres@localhost:${server.port}/postgres?sslmode=require`, async (_, path) => {
      const client = connect(path);
      const say = async (words: Buffer) => {
        client.write(words);
        return String.fromCharCode((await nextPiece(client))[0] ?? 0);
      };
      const said = [await say(sslRequest), await say(startup)];
      client.destroy();
      return said;
    });
    assert.deepEqual(answers, ['N', 'R']);
  });
});

async function nextPiece(socket: Socket): Promise<Buffer> {
  const [piece] = (await once(socket, 'data')) as [Buffer];
  return piece;
}
