import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import type { Database, Session } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { tuplesOf } from '../../src/rows/copy-stream.ts';
import { Cut } from '../../src/rows/cuts.ts';
import { decodeRows } from '../../src/rows/decode-rows.ts';
import { type RowRun, readTable } from '../../src/rows/read-table.ts';
import { loadTable } from '../../src/rows/write-table.ts';
import { type TestDatabase, testServer, testServers } from '../support/postgres.ts';
import { everyKind, kindTables } from './every-kind.ts';
import { tableSource } from './table-model.ts';

const sizes = { minimum: 4_000, target: 16_000, maximum: 64_000 };
const cut = () => new Cut(sizes, Buffer.alloc(32, 'seed'));
const closing: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

async function connect(database: Database): Promise<Session> {
  const session = await database.connect();
  closing.push(async () => {
    await session.close();
    await database.close();
  });
  return session;
}

async function onServer(given?: TestDatabase): Promise<Session> {
  const database = given ?? (await (await testServer()).createDatabase({ vector: true }));
  closing.push(() => database.drop());
  return await connect(openDatabase(database.url));
}

const runsOfTable = async (session: Session, table: string) =>
  Array.fromAsync(readTable(session, await tableSource(session, table), cut()));
const bytesOf = (runs: RowRun[]) => Buffer.concat(runs.flatMap((run) => run.chunks));

/** What makes two tables equal: their rows' bytes, and where they are cut. */
async function fingerprint(session: Session): Promise<Record<string, string[]>> {
  const prints: Record<string, string[]> = {};
  for (const table of kindTables) {
    const { shape } = await tableSource(session, table);
    const digests = (await runsOfTable(session, table)).map(
      (run) =>
        `${run.rows}:${run.bytes}:${createHash('sha256')
          .update(bytesOf([run]))
          .digest('hex')}`,
    );
    prints[table] = [JSON.stringify(shape), ...digests];
  }
  return prints;
}

/** Empties the tables and loads them from runs of another database, as a restore does. */
async function copyAll(from: Session, to: Session): Promise<void> {
  for (const table of kindTables) {
    const source = await tableSource(from, table);
    const runs = await runsOfTable(from, table);
    await to.query(`BEGIN; TRUNCATE public."${table}"`);
    const rows = await loadTable(to, { into: source.from, shape: source.shape, freeze: true }, tuplesOf(runs));
    assert.equal(
      rows,
      runs.reduce((sum, run) => sum + run.rows, 0),
    );
    await to.query('COMMIT');
  }
}

test('fault 32: every kind of value is the same bytes on every server and embedded, and survives the way back', async () => {
  const sessions = [];
  for (const server of await testServers())
    sessions.push(await onServer(await server.createDatabase({ vector: true, clauses: `TEMPLATE template0 ENCODING 'UTF8'` })));
  const embedded = await connect(openDatabase('pglite:memory://kinds', { create: true }));
  await embedded.query('CREATE EXTENSION vector');
  sessions.push(embedded);

  for (const session of sessions) await session.query(everyKind);
  const [expected, ...others] = await Promise.all(sessions.map(fingerprint));
  assert.ok((expected?.kinds?.length ?? 0) > 5, 'several runs');
  for (const other of others) assert.deepEqual(other, expected);

  // The way back, each from another one: what one writes, all can load.
  for (const [index, session] of sessions.entries()) {
    await copyAll(sessions[(index + 1) % sessions.length]!, session);
    assert.deepEqual(await fingerprint(session), expected);
    assert.deepEqual((await session.query('SELECT count(*) AS rows FROM kinds WHERE doubled <> id * 2 OR doubled IS NULL'))[0], {
      rows: '0',
    });
  }
});

describe('reading and loading', () => {
  test('fields come out as they went in', async () => {
    const session = await onServer();
    await session.query(everyKind);
    const { shape } = await tableSource(session, 'kinds');
    const all = [
      ...decodeRows(
        (await runsOfTable(session, 'kinds')).flatMap((run) => run.chunks),
        shape.columns.length,
      ),
    ];
    assert.equal(all[0]?.[0]?.readBigInt64BE(), 1n);
    assert.ok(all[0]?.slice(1).every((field) => field === null));
    const at = (name: string) => all[1]?.[shape.columns.findIndex((column) => column.name === name)]?.toString();
    assert.equal(at('j'), '{"a": "\\u0000", "b": "\\ud800", "a":  2}');
    assert.equal(at('feeling'), 'Größe');
    assert.equal(at('tags'), '{"a,b",NULL,"\\"q\\"",""}');
    assert.equal(at('compound'), '(7,"x,""y")');
    assert.equal(
      shape.columns.some(({ name }) => name === 'doubled'),
      false,
    );
  });

  test('fault 31: a row of 20 MB stands alone, in slices', async () => {
    const session = await onServer();
    await session.query(everyKind);
    const runs = await runsOfTable(session, 'huge');
    assert.deepEqual(
      runs.map((run) => [run.rows, run.bytes > 20_000_000]),
      [
        [1, false],
        [1, true],
        [1, false],
      ],
    );
    assert.ok(runs[1]!.chunks.every((chunk) => chunk.length <= 1024 * 1024));
  });

  test('fault 32: bytes of an SQL_ASCII database pass unchanged', async () => {
    const server = await testServer();
    const create = () => server.createDatabase({ clauses: `TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'` });
    const [from, to] = [await onServer(await create()), await onServer(await create())];
    const table = `CREATE TABLE raw (id integer PRIMARY KEY, body text, list text[])`;
    await from.query(
      `${table}; INSERT INTO raw SELECT 1, convert_from('\\xe9ff80c3', 'SQL_ASCII'), ARRAY[convert_from('\\xfe', 'SQL_ASCII')]`,
    );
    await to.query(table);
    const source = await tableSource(from, 'raw');
    const runs = await runsOfTable(from, 'raw');
    assert.deepEqual(
      [...decodeRows(runs[0]!.chunks, 3)],
      [[Buffer.from([0, 0, 0, 1]), Buffer.from('e9ff80c3', 'hex'), Buffer.from('{\xfe}', 'latin1')]],
    );
    await to.query('BEGIN');
    assert.equal(await loadTable(to, { into: source.from, shape: source.shape }, tuplesOf(runs)), 1);
    await to.query('COMMIT');
    assert.deepEqual(bytesOf(await runsOfTable(to, 'raw')), bytesOf(runs));
  });

  test('rows of child tables are their own', async () => {
    const session = await onServer();
    await session.query(
      'CREATE TABLE parent (id integer); CREATE TABLE child () INHERITS (parent); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2)',
    );
    assert.equal((await runsOfTable(session, 'parent'))[0]?.rows, 1);
  });

  test('damaged tuples load nothing', async () => {
    const session = await onServer();
    await session.query('CREATE TABLE t (id integer PRIMARY KEY)');
    const { shape, from } = await tableSource(session, 't');
    const truncated = Buffer.from([0, 1, 0, 0, 0, 4, 0, 0, 0, 9, 0, 1, 0, 0]);
    await assert.rejects(loadTable(session, { into: from, shape }, [truncated]), { code: 'database-error' });
    assert.deepEqual(await session.query('SELECT * FROM t'), []);
  });

  test('an error of the source fails the load and is the one that is thrown', async () => {
    const reason = new Error('the vault is gone');
    for (const session of [await onServer(), await connect(openDatabase('pglite:memory://failing', { create: true }))]) {
      await session.query('CREATE TABLE t (id integer PRIMARY KEY)');
      const { shape, from } = await tableSource(session, 't');
      async function* failing() {
        yield Buffer.from([0, 1, 0, 0, 0, 4, 0, 0, 0, 9]);
        throw reason;
      }
      await assert.rejects(loadTable(session, { into: from, shape }, failing()), (error) => error === reason);
      assert.deepEqual(await session.query('SELECT * FROM t'), []);
    }
  });
});
