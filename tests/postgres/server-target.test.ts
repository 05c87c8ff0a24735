import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { readPasswordFile } from '../../src/postgres/server-password-file.ts';
import { serverTarget, withoutPassword } from '../../src/postgres/server-target.ts';

const directory = mkdtempSync(join(tmpdir(), 'lifeboat-target-'));
after(() => rmSync(directory, { recursive: true }));

const plain = { options: undefined, tls: [false] };
const target = (url: string | null, environment: Record<string, string> = {}) => serverTarget(url, environment);

describe('targets', () => {
  test('URLs, as libpq and SQLAlchemy write them', () => {
    const expected = { host: 'localhost', port: 5433, user: 'letta', password: 'p@ss/ wörd', database: 'my db', ...plain };
    for (const scheme of ['postgres', 'postgresql', 'postgresql+asyncpg', 'postgresql+pg8000', 'POSTGRESQL']) {
      assert.deepEqual(target(`${scheme}://letta:p%40ss%2F%20w%C3%B6rd@localhost:5433/my%20db`), expected);
    }
    assert.deepEqual(target('postgresql:///letta?host=/run/pg&user=me&port=6000'), {
      ...plain,
      host: '/run/pg',
      port: 6000,
      user: 'me',
      password: undefined,
      database: 'letta',
    });
    assert.equal(target('postgresql://%2Frun%2Fpg/letta').host, '/run/pg');
    assert.equal(target('postgresql://[::1]:5432/letta').host, '::1');
    assert.equal(target('postgresql://me@/letta', { PGHOST: 'db.example' }).host, 'db.example');
    assert.equal(target('postgresql://me@localhost').database, 'me');
  });

  test('PG* variables, services and defaults stand in', () => {
    const file = join(directory, 'service.conf');
    writeFileSync(file, '# servers\n[other]\nhost=elsewhere\n[letta]\nhost = 127.0.0.1\nport=7000\ndbname=agents\n');
    const environment = { PGHOST: '127.0.0.2', PGUSER: 'me', PGPASSWORD: 'secret', PGDATABASE: 'one', PGOPTIONS: '-c work_mem=1MB' };
    assert.deepEqual(target(null, environment), {
      host: '127.0.0.2',
      port: 5432,
      user: 'me',
      password: 'secret',
      database: 'one',
      options: '-c work_mem=1MB',
      tls: [false],
    });
    assert.equal(target('postgresql://you@/two', environment).password, 'secret');
    const served = target(null, { ...environment, PGSERVICE: 'letta', PGSERVICEFILE: file });
    assert.deepEqual([served.host, served.port, served.database, served.user], ['127.0.0.1', 7000, 'agents', 'me']);
    assert.throws(() => target(null, { PGSERVICE: 'nowhere', PGSERVICEFILE: file }), { code: 'bad-database-url' });
    assert.equal(target(null, { PGHOST: 'localhost' }).user, userInfo().username);
  });

  test('encryption: preferred far away, off at home, and what was asked for', () => {
    const modes = (url: string, environment = {}) =>
      target(url, environment).tls.map((way) =>
        way === false ? 'plain' : way.rejectUnauthorized === false ? 'unchecked' : way.checkServerIdentity ? 'any host' : 'full',
      );
    assert.deepEqual(modes('postgresql://a@db.example/x'), ['unchecked', 'plain']);
    assert.deepEqual(modes('postgresql://a@localhost/x'), ['plain']);
    assert.deepEqual(modes('postgresql://a@localhost/x', { PGSSLMODE: 'require' }), ['unchecked']);
    assert.deepEqual(modes('postgresql://a@db.example/x?ssl=require'), ['unchecked']);
    assert.deepEqual(modes('postgresql://a@db.example/x?sslmode=verify-ca'), ['any host']);
    assert.deepEqual(modes('postgresql://a@db.example/x?sslmode=verify-full'), ['full']);
    assert.deepEqual(modes('postgresql://a@db.example/x?sslmode=disable'), ['plain']);
    assert.throws(() => modes('postgresql://a@db.example/x?sslmode=maybe'), { code: 'bad-database-url' });
  });

  test('no password in labels and errors', () => {
    assert.equal(openDatabase('postgresql://me:s3cret@h:1/d').label, 'postgresql://me@h:1/d');
    assert.equal(openDatabase('postgresql://me:s3cret@h:1/d').sibling('é').label, 'postgresql://me@h:1/%C3%A9');
    for (const bad of [
      'postgresql://me:s3c@ret@:x:/d',
      'postgresql://me:s3cret@h:99999/d',
      'mysql://me:s3cret@h/d',
      'postgresql://me@a,b/d?password=s3cret',
      'postgresql://me:s3%cret@h/d',
    ]) {
      assert.throws(
        () => openDatabase(bad),
        (error: Error & { code: string }) =>
          ['bad-database-url', 'url-not-encoded'].includes(error.code) &&
          !/s3/.test(JSON.stringify(error) + error.message + error.stack + String(error.cause)),
        bad,
      );
    }
    assert.equal(withoutPassword('x://a:b@c@h/d?y=1&password=x&s3cret=1'), 'x://…@h/d?y=1&password=…');
    assert.equal(withoutPassword('postgresql:/a:s3@cr/et@h/d'), 'postgresql:/…@h/d');
    assert.equal(withoutPassword('postgresql://a:s3cret'), 'postgresql://a:…');
    assert.throws(
      () => openDatabase('postgresql:/me:s3cret@h/letta.db'),
      (error: Error) => !/s3/.test(JSON.stringify(error) + error.message),
    );
  });

  test('other targets are refused, SQLite with the way out', () => {
    const file = join(directory, 'letta');
    writeFileSync(file, 'SQLite format 3\0 and so on');
    for (const sqlite of ['sqlite:///x', 'sqlite+aiosqlite:///x', '/nowhere/letta.db', file])
      assert.throws(() => openDatabase(sqlite), { code: 'sqlite-source', exit: 15 });
    for (const bad of ['', 'letta', 'pglite:', '/tmp', 'http://x/y'])
      assert.throws(() => openDatabase(bad), { code: 'bad-database-url', exit: 2 });
  });

  test('~/.pgpass', async () => {
    const file = join(directory, 'pgpass');
    writeFileSync(file, '# mine\nh:5432:d:you:no\nh\\:1:*:*:*:colon\n*:5432:d:me:a\\:b\\\\c\n*:*:*:*:last\n');
    chmodSync(file, 0o600);
    const ask = (given: object) =>
      readPasswordFile(
        { host: 'h', port: 5432, user: 'me', database: 'd', password: undefined, options: undefined, tls: [], ...given },
        { PGPASSFILE: file },
      );
    assert.equal(await ask({}), 'a:b\\c');
    assert.equal(await ask({ host: 'h:1' }), 'colon');
    assert.equal(await ask({ port: 1 }), 'last');
    chmodSync(file, 0o644);
    assert.equal(await ask({}), undefined);
  });
});
