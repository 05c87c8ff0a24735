import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Database, Session } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { objectKey, qualified, quoteIdent } from '../../src/schema/model.ts';
import type { TableEntry } from '../../src/vault/manifest.ts';
import { readTables } from '../../src/vault/table-content.ts';
import { type Carry, type CarryComparison, compareProjection } from '../../src/verify/compare-projection.ts';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { everyKind, kindTables } from '../rows/every-kind.ts';
import { loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';

const server = await testServer();
const smallCut = { minimum: 16 * 1024, target: 64 * 1024, maximum: 256 * 1024 };

/** A database, its snapshot, and a session on what was restored from it. */
class Road implements AsyncDisposable {
  readonly #source: TestDatabase;
  readonly #held: TestVault;
  readonly #target: string;
  readonly #database: Database;
  session: Session;
  readonly entries: Map<string, TableEntry>;

  private constructor(source: TestDatabase, held: TestVault, target: string, database: Database, session: Session, entries: TableEntry[]) {
    [this.#source, this.#held, this.#target, this.#database, this.session] = [source, held, target, database, session];
    this.entries = new Map(entries.map((entry) => [objectKey(entry), entry]));
  }

  static async take(source: TestDatabase): Promise<Road> {
    const held = await TestVault.create(smallCut);
    const snapshot = await backUp(source.url, held.vault);
    const target = `r_${source.name}`;
    await restoreTo(server.url(target), held.vault, snapshot.ref, { withObjects: true });
    const database = openDatabase(server.url(target));
    return new Road(source, held, target, database, await database.connect(), await readTables(held.vault, snapshot.manifest));
  }

  /** All columns but the named ones, as the snapshot holds them, in an order of their own. */
  carry(table: string, { without = [], key, sql }: { without?: string[]; key?: string[]; sql?: string } = {}): Carry {
    const entry = this.entries.get(table)!;
    const columns = entry.shape.filter(({ name }) => !without.includes(name)).toReversed();
    const list = columns.map(({ name, as }) => `${quoteIdent(name)}${as === 'text' ? '::text' : ''}`).join(', ');
    return {
      schema: entry.schema,
      table: entry.name,
      columns: columns.map(({ name }) => name),
      key: key ?? entry.key.map((index) => entry.shape[index]!.name),
      sql: sql?.replace('$columns', list) ?? `SELECT ${list} FROM ${qualified('public', entry.schema, entry.name)}`,
    };
  }

  compare(carry: Carry, onProgress?: (rows: number, bytes: number) => void, session = this.session): Promise<CarryComparison> {
    const entry = this.entries.get(objectKey({ schema: carry.schema, name: carry.table }))!;
    return compareProjection(session, this.#held.vault, entry, carry, onProgress);
  }

  /** What is found after a change, which is undone. */
  async after(change: string, carry: Carry): Promise<CarryComparison> {
    await this.session.query('BEGIN');
    await this.session.query(change);
    try {
      return await this.compare(carry);
    } finally {
      await this.session.query('ROLLBACK');
    }
  }

  async reconnect(): Promise<void> {
    await this.session.close();
    this.session = await this.#database.connect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close();
    await this.#database.close();
    await server.dropDatabase(this.#target);
    await this.#source.drop();
    await this.#held[Symbol.asyncDispose]();
  }
}

const named = ({ difference }: CarryComparison) => difference?.rows.map(({ kind, row, columns }) => [kind, row, ...columns]).sort();

describe("compareProjection: a Letta server's database", () => {
  let road: Road;
  before(async () => {
    road = await Road.take(await loadFixture(server, 'letta-0.16.8'));
  });
  after(() => road[Symbol.asyncDispose]());

  test('every table is equal, whole and in part', async () => {
    for (const [table, entry] of road.entries) {
      const columns = entry.shape.map(({ name }) => name);
      for (const without of [[], columns.filter((_, index) => index % 3 === 1), columns.slice(1)]) {
        let rows = 0;
        const compared = await road.compare(road.carry(table, { without, key: [] }), (more) => {
          rows += more;
        });
        assert.deepEqual(
          [table, compared.equal, compared.difference, compared.rows, rows],
          [table, true, null, entry.rows, 2 * entry.rows],
        );
      }
      assert.equal((await road.compare(road.carry(table))).equal, true);
    }
  });

  test('one changed value is named with its row and column, and only where it is carried', async () => {
    const [agent] = await road.session.query('SELECT id FROM agents ORDER BY id OFFSET 3 LIMIT 1');
    const change = `UPDATE agents SET name = name || ' ' WHERE id = '${agent?.id}'`;
    const rows = road.entries.get('agents')!.rows;
    const compared = await road.after(change, road.carry('agents'));
    assert.deepEqual(compared.difference, {
      table: 'agents',
      rowsExpected: rows,
      rowsActual: rows,
      rows: [{ kind: 'changed', row: `id=${agent?.id}`, columns: ['name'] }],
      sampled: false,
    });
    assert.equal((await road.after(change, road.carry('agents', { without: ['name'] }))).equal, true);
  });

  test('a lost row, one too many, and values that changed places', async () => {
    const messages = await road.session.query('SELECT id FROM messages ORDER BY sequence_id LIMIT 3');
    const [a, b, c] = messages.map(({ id }) => id!);
    const lost = await road.after(`DELETE FROM messages WHERE id = '${b}'`, road.carry('messages'));
    assert.deepEqual(named(lost), [['missing', `id=${b}`]]);
    assert.deepEqual([lost.difference?.rowsActual, lost.rows], [lost.difference!.rowsExpected - 1, lost.difference!.rowsExpected - 1]);

    const twice = road.carry('messages', {
      sql: `SELECT $columns FROM messages UNION ALL SELECT $columns FROM messages WHERE id = '${c}'`,
    });
    twice.sql = twice.sql.replaceAll('$columns', /^SELECT (.*?) FROM/.exec(twice.sql)![1]!);
    assert.deepEqual(named(await road.compare(twice)), [['extra', `id=${c}`]]);

    const swap = `UPDATE messages m SET created_at = o.created_at FROM messages o WHERE (m.id, o.id) IN (('${a}', '${c}'), ('${c}', '${a}'))`;
    const expected = [a, c].map((id) => ['changed', `id=${id}`, 'created_at']);
    assert.deepEqual(named(await road.after(swap, road.carry('messages'))), expected.sort());
    // Without a key two rows are gone and two others came.
    const keyless = await road.after(swap, road.carry('messages', { key: [] }));
    assert.deepEqual(
      named(keyless)?.map(([kind]) => kind),
      ['extra', 'extra', 'missing', 'missing'],
    );
  });

  test('rows that went to two tables are found together', async () => {
    const move = `CREATE TEMPORARY TABLE elsewhere ON COMMIT DROP AS SELECT * FROM messages WHERE sequence_id % 3 = 0;
      DELETE FROM messages WHERE sequence_id % 3 = 0`;
    const carry = road.carry('messages');
    const both = { ...carry, sql: `${carry.sql} UNION ALL ${carry.sql.replace('"public"."messages"', 'elsewhere')}` };
    assert.notEqual(both.sql.indexOf('elsewhere'), -1);
    assert.equal((await road.after(move, both)).equal, true);
    assert.equal((await road.after(move, carry)).equal, false);
    const [row] = await road.session.query('SELECT id FROM messages WHERE sequence_id % 3 = 0 LIMIT 1');
    const changed = await road.after(`${move}; UPDATE elsewhere SET agent_id = NULL WHERE id = '${row?.id}'`, both);
    assert.deepEqual(named(changed), [['changed', `id=${row?.id}`, 'agent_id']]);
  });

  test('an empty result for a full table, and rows for an empty one', async () => {
    const rows = road.entries.get('agents')!.rows;
    const none = await road.compare(road.carry('agents', { sql: 'SELECT $columns FROM agents WHERE false' }));
    assert.deepEqual([none.equal, none.rows, none.difference?.rows.length], [false, 0, rows]);
    assert.ok(none.difference?.rows.every(({ kind }) => kind === 'missing'));
    const empty = [...road.entries.values()].find(
      (entry) => entry.content.kind === 'empty' && entry.shape.every(({ type }) => type !== 'vector'),
    )!;
    const nulls = `SELECT ${road
      .carry(empty.name)
      .columns.map((name) => `NULL::${typeIn(empty, name)}`)
      .join(', ')}`;
    const extra = await road.compare(road.carry(empty.name, { sql: nulls }));
    assert.deepEqual([extra.equal, extra.difference?.rowsExpected, extra.difference?.rows.length], [false, 0, 1]);
    assert.equal((await road.compare(road.carry(empty.name, { sql: `${nulls} WHERE false` }))).equal, true);
  });

  test('refuses a key or column that is not there', async () => {
    const carry = road.carry('agents');
    await assert.rejects(road.compare({ ...carry, columns: [...carry.columns, 'nobody'] }), RangeError);
    await assert.rejects(road.compare({ ...carry, columns: [...carry.columns, carry.columns[0]!] }), RangeError);
    await assert.rejects(road.compare({ ...carry, key: ['nobody'] }), RangeError);
  });
});

const typeIn = (entry: TableEntry, name: string) => {
  const column = entry.shape.find((each) => each.name === name)!;
  return column.as === 'text' ? 'text' : column.type;
};

const moreKinds = `
  CREATE TABLE nones (id integer PRIMARY KEY, j json, jb jsonb, t text, n bigint, span interval day to second(3), at timestamp(3) with time zone);
  INSERT INTO nones VALUES (1, null, null, null, null), (2, 'null', 'null', 'null', 0), (3, '""', '""', '', 0);
  CREATE TABLE wide (id integer PRIMARY KEY, body text, later text);
  INSERT INTO wide SELECT i, repeat(md5(i::text), 1000 * (i % 40)), 'x' || i FROM generate_series(1, 52) i`;

describe('compareProjection: every kind of value', () => {
  let road: Road;
  before(async () => {
    const source = await loadFixture(server, 'letta-0.11.3');
    await source.query(everyKind + moreKinds);
    road = await Road.take(source);
  });
  after(() => road[Symbol.asyncDispose]());

  test('all are equal, in the order given or another, with rows larger than a block and without columns', async () => {
    for (const table of [...kindTables, 'nones', 'wide']) {
      for (const key of [undefined, []]) assert.deepEqual((await road.compare(road.carry(table, key && { key }))).difference, null, table);
    }
  });

  test('NULL, JSON null and empty are three things', async () => {
    for (const [column, value] of [
      ['j', `'null'`],
      ['jb', `'null'`],
      ['t', `''`],
      ['n', '0'],
    ] as const) {
      const compared = await road.after(`UPDATE nones SET ${column} = ${value} WHERE id = 1`, road.carry('nones'));
      assert.deepEqual(named(compared), [['changed', 'id=1', column]]);
    }
    const swapped = await road.after('UPDATE nones SET j = NULL WHERE id = 2', road.carry('nones'));
    assert.deepEqual(named(swapped), [['changed', 'id=2', 'j']]);
  });

  test('a row that crosses blocks is named too, by its key at the end', async () => {
    const change = `UPDATE wide SET body = overlay(body placing '!' from length(body) for 1) WHERE id % 13 = 0`;
    const expected = [13, 26, 39, 52].map((id) => ['changed', `id=${id}`, 'body']);
    assert.deepEqual(named(await road.after(change, road.carry('wide'))), expected);
    const byLater = await road.after(change, road.carry('wide', { key: ['later'] }));
    assert.deepEqual(
      named(byLater),
      [13, 26, 39, 52].map((id) => ['changed', `later=x${id}`, 'body']),
    );
    assert.deepEqual(named(await road.after(`UPDATE huge SET body = body || '.' WHERE id = 'b'`, road.carry('huge'))), [
      ['changed', 'id=b', 'body'],
    ]);
  });

  test('rows without a key: one more copy, one less, another', async () => {
    const label = 'a=b, b={"x" :1}, c={1}';
    const twin = `a = 'b'`;
    const more = await road.after(`INSERT INTO keyless VALUES ('b', '{"x" :1}', '{1}')`, road.carry('keyless'));
    assert.deepEqual(
      named(more)?.map(([kind]) => kind),
      ['extra'],
    );
    assert.deepEqual(named(more)?.[0]?.[1], label);
    const less = await road.after(`DELETE FROM keyless WHERE ctid = (SELECT min(ctid) FROM keyless WHERE ${twin})`, road.carry('keyless'));
    assert.deepEqual(named(less), [['missing', label]]);
    const none = await road.after(`DELETE FROM keyless WHERE ${twin}`, road.carry('keyless'));
    assert.deepEqual(named(none), [
      ['missing', label],
      ['missing', label],
    ]);
    const other = await road.after(`UPDATE keyless SET a = 'c' WHERE a = 'B'`, road.carry('keyless'));
    assert.deepEqual(named(other), [
      ['extra', 'a=c, b=NULL, c=NULL'],
      ['missing', 'a=B, b=NULL, c=NULL'],
    ]);
    assert.equal((await road.after('INSERT INTO nothing DEFAULT VALUES', road.carry('nothing'))).difference?.rowsActual, 3);
  });

  test('a key that does not tell rows apart still gives the row that changed', async () => {
    const compared = await road.after('UPDATE kinds SET t = t || t WHERE id = 77', road.carry('kinds', { key: ['flag'] }));
    assert.deepEqual(named(compared), [['changed', 'flag=NULL', 't']]);
  });

  test('other types are never equal, also where nothing but NULL is there', async () => {
    const asGiven = road.carry('nones');
    const withType = (column: string, type: string, more = '') => ({
      ...asGiven,
      sql: asGiven.sql.replace(`"${column}"`, `"${column}"::${type}`) + more,
    });
    for (const more of ['', ' WHERE n IS NULL', ' WHERE false']) {
      const compared = await road.compare(withType('n', 'integer', more));
      assert.deepEqual(named(compared), [['changed', 'every row', 'n']]);
    }
    assert.deepEqual(
      named(await road.compare({ ...asGiven, sql: asGiven.sql.replace('"n"', `timestamp '2000-01-01' + "n" * interval '1 us'`) })),
      [['changed', 'every row', 'n']],
    );
    assert.deepEqual(named(await road.compare(withType('jb', 'json'))), [['changed', 'every row', 'jb']]);
    assert.equal((await road.compare(withType('t', 'character varying(99)'))).equal, true);
    assert.equal((await road.compare(withType('j', 'text'))).equal, true);
    const moods = road.carry('kinds');
    assert.equal((await road.compare({ ...moods, sql: moods.sql.replace('"feeling"', '"feeling"::text') })).equal, true);
    assert.deepEqual(named(await road.compare({ ...moods, sql: moods.sql.replace('"tags"::text', '"tags"') })), [
      ['changed', 'every row', 'tags'],
    ]);
  });

  test('a SELECT of more or fewer columns is an error', async () => {
    const carry = road.carry('nones');
    for (const more of [', 1', ', NULL::text']) {
      await assert.rejects(road.compare({ ...carry, sql: carry.sql.replace(' FROM', `${more} FROM`) }), { name: 'LifeboatError' });
      await road.reconnect();
    }
    await assert.rejects(road.compare({ ...carry, sql: carry.sql.replace('"t", ', '') }), { name: 'LifeboatError' });
    await road.reconnect();
  });

  test('an embedded database is compared in the same way', async () => {
    const database = openDatabase('pglite:memory://projection', { create: true });
    const session = await database.connect();
    await session.query(`CREATE EXTENSION vector; ${everyKind} ${moreKinds}`);
    for (const table of [...kindTables, 'nones'])
      assert.deepEqual((await road.compare(road.carry(table), undefined, session)).difference, null, table);
    await session.query('UPDATE nones SET n = 1 WHERE id = 3');
    assert.deepEqual(named(await road.compare(road.carry('nones'), undefined, session)), [['changed', 'id=3', 'n']]);
    await session.close();
    await database.close();
  });

  test('more differing rows than are held: what is named is right, and the rest is said to be there', async () => {
    const carry = road.carry('kinds', { key: [] });
    const [many] = await road.session.query('SELECT count(*) AS rows FROM kinds WHERE n IS NOT NULL');
    const cross = `SELECT s.* FROM (${carry.sql}) AS s, generate_series(1, 30)`;
    const compared = await road.compare({ ...carry, sql: cross });
    assert.ok(Number(many?.rows) > 2000);
    assert.deepEqual([compared.equal, compared.difference?.sampled], [false, true]);
    assert.ok(compared.difference!.rows.length > 1000);
    assert.ok(compared.difference!.rows.every(({ kind }) => kind === 'extra'));
  });
});
