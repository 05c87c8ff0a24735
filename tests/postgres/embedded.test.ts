import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { readIdentity } from '../../src/postgres/identity.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';

const directory = mkdtempSync(join(tmpdir(), 'lifeboat-embedded-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string) => `pglite:${join(directory, name)}`;

describe('an embedded database', () => {
  test('says what it can do, and is made only on demand', async () => {
    const database = openDatabase(at('one'));
    assert.deepEqual([database.kind, database.name, database.label], ['embedded', 'one', at('one')]);
    assert.deepEqual(database.capabilities, { sessions: 1, sharedSnapshots: false, createDatabase: false });
    await assert.rejects(database.connect(), { code: 'no-such-database' });
    mkdirSync(join(directory, 'other'));
    writeFileSync(join(directory, 'other', 'letter.txt'), 'dear');
    await assert.rejects(openDatabase(at('other'), { create: true }).connect(), { code: 'no-such-database' });
  });

  test('keeps its rows in the directory; a sibling is a directory beside', async () => {
    const database = openDatabase(at('kept'), { create: true });
    const session = await database.connect();
    await session.query('CREATE EXTENSION vector; CREATE TABLE t (a integer, v vector(2))');
    await session.query('INSERT INTO t VALUES ($1, $2)', [1, '[1,2]']);
    await session.close();
    await database.close();
    assert.equal(existsSync(join(directory, 'kept.lock')), false);

    const again = openDatabase(at('kept'));
    const later = await again.connect();
    assert.deepEqual(
      (await later.query('SELECT * FROM t')).map((row) => ({ ...row })),
      [{ a: '1', v: '[1,2]' }],
    );
    await later.close();
    const sibling = again.sibling('beside');
    assert.equal(sibling.label, at('beside'));
    await (await sibling.connect()).close();
    assert.ok(existsSync(join(directory, 'beside', 'PG_VERSION')));
    await sibling.close();
    await again.close();
  });

  test('sessions take turns and leave nothing behind', async () => {
    const [one, two] = [openDatabase('pglite:memory://turns'), openDatabase('pglite:memory://turns')];
    const first = await one.connect();
    let second = false;
    const waiting = two.connect().then((session) => {
      second = true;
      return session;
    });
    await first.query(`CREATE TABLE kept (); CREATE TEMPORARY TABLE gone (); SET TimeZone TO 'Asia/Tokyo'`);
    await first.query('BEGIN');
    await first.query('CREATE TABLE undone ()');
    assert.equal(second, false);
    await first.close();
    await first.close();
    const session = await waiting;
    const [row] = await session.query(
      `SELECT to_regclass('kept') AS kept, to_regclass('gone') AS gone, to_regclass('undone') AS undone, current_setting('TimeZone') AS zone`,
    );
    assert.deepEqual({ ...row }, { kept: 'kept', gone: null, undone: null, zone: 'UTC' });
    await assert.rejects(first.query('SELECT 1'), { code: 'connection-lost' });
    session.abort();
    const third = await one.connect();
    assert.deepEqual(
      (await third.query('SELECT count(*) AS n FROM kept')).map((each) => ({ ...each })),
      [{ n: '0' }],
    );
    await third.close();
    await one.close();
    await two.close();
  });

  test('text, errors and COPY are as on a server', async () => {
    const database = openDatabase('pglite:memory://text');
    const session = await database.connect();
    const [row] = await session.query(
      `SELECT $1::int + 1 AS a, $2::bool AS b, $3::text AS c, $4::text AS d, '{1,2}'::int[] AS f, '{"a":1}'::json AS g`,
      [41, true, null, "it's"],
    );
    assert.deepEqual({ ...row }, { a: '42', b: 't', c: null, d: "it's", f: '{1,2}', g: '{"a":1}' });
    await session.query('CREATE TYPE late AS ENUM (\'x\'); CREATE TABLE copied (a text, "TO STDOUT" late[])');
    assert.equal(await session.copyIn('COPY copied (a, "TO STDOUT") FROM STDIN', [Buffer.from('1\t{x}\n2\t'), Buffer.from('\\N\n')]), 2);
    assert.equal(
      Buffer.concat(await Array.fromAsync(session.copyOut('COPY (SELECT a, "TO STDOUT" FROM copied) TO STDOUT'))).toString(),
      '1\t{x}\n2\t\\N\n',
    );
    assert.deepEqual(
      (await session.query('SELECT "TO STDOUT" AS e FROM copied ORDER BY a')).map((each) => each.e),
      ['{x}', null],
    );
    const memory = Buffer.alloc(2, '\n');
    const reusing = function* () {
      for (const letter of 'xyz') {
        memory.write(letter);
        yield memory;
      }
    };
    await session.query('CREATE TABLE reused (a text)');
    await session.copyIn('COPY reused FROM STDIN', reusing());
    assert.equal((await session.query("SELECT string_agg(a, '' ORDER BY a) AS all FROM reused"))[0]?.all, 'xyz');
    await assert.rejects(session.query('SELECT nothing'), { code: 'database-error' });
    await assert.rejects(session.copyIn('COPY copied FROM STDIN', [Buffer.from('1\n')]), { code: 'database-error' });
    await assert.rejects(Array.fromAsync(session.copyOut('COPY nowhere TO STDOUT')), { code: 'database-error' });
    assert.equal((await session.query('SELECT 1 AS a'))[0]?.a, '1');
    for await (const chunk of session.copyOut('COPY copied TO STDOUT')) {
      assert.ok(chunk.length > 0);
      break;
    }
    await assert.rejects(session.query('SELECT 1'), { code: 'connection-lost' });
    await database.close();
  });

  test('another process is kept out, a dead one is not waited for', async () => {
    const database = openDatabase(at('locked'), { create: true });
    const session = await database.connect();
    const script = `import { openDatabase } from ${JSON.stringify(new URL('../../src/postgres/open-database.ts', import.meta.url).href)};
      await openDatabase(${JSON.stringify(at('locked'))}).connect().then(() => console.log('in'), (error) => console.log(error.code, error.exit));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(stdout.trim(), 'database-busy 14');
    await session.close();
    await database.close();
    writeFileSync(join(directory, 'locked.lock'), '999999999');
    await (await database.connect()).close();
    await database.close();
  });

  test('knows its identity', async () => {
    const database = openDatabase('pglite:memory://identity');
    const session = await database.connect();
    await session.query('CREATE EXTENSION vector');
    const identity = await readIdentity(session, 'public');
    assert.match(identity.systemIdentifier, /^\d{10,20}$/);
    assert.equal(identity.encoding, 'UTF8');
    assert.ok(identity.extensions.vector);
    await session.close();
    await database.close();
  });
});
