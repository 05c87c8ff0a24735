import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import type { Database } from '../../src/postgres/database.ts';
import { introspect } from '../../src/postgres/introspect.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import type { DatabaseModel } from '../../src/schema/model.ts';
import type { TableEntry } from '../../src/vault/manifest.ts';
import { readTables } from '../../src/vault/table-content.ts';
import { compareContent } from '../../src/verify/compare-content.ts';
import type { RowDifference } from '../../src/verify/row-table.ts';
import { backUp, never, restoreTo, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { type TestServer, testServer } from '../support/postgres.ts';

const quote = pg.escapeIdentifier;

/** SQL for another value than `column` has, by type; what no rule fits is turned to NULL and back. */
const others: [RegExp, (column: string) => string][] = [
  [/^boolean$/, (c) => `not coalesce(${c}, false)`],
  [/^(smallint|integer|bigint|numeric|real|double precision)/, (c) => `coalesce(${c}, 0) + 100000`],
  [/^(timestamp|date)/, (c) => `coalesce(${c}, '2020-01-01') + interval '1 microsecond'`],
  [/^json$/, (c) => `coalesce(' ' || ${c}::text, 'null')::json`],
  [/^jsonb$/, (c) => `jsonb_build_array(${c})`],
  [
    /^vector(\(|$)/,
    (c) => `(select array_agg(case when n = 1 then v + 1 else v end order by n)::vector from unnest(${c}::real[]) with ordinality u(v, n))`,
  ],
  [/^(text|character varying)$/, (c) => `coalesce(${c} || ' ', 'x')`],
  [
    /^character varying\(/,
    (c) => `case when right(${c}, 1) = '~' then left(${c}, -1) || '!' else left(${c}, greatest(length(${c}) - 1, 0)) || '~' end`,
  ],
];

describe('a value of a restored database that is not what it was', () => {
  let server: TestServer;
  let held: TestVault;
  let client: pg.Client;
  let database: Database;
  let name: string;
  let model: DatabaseModel;
  let tables: TableEntry[];
  let session: Awaited<ReturnType<Database['connect']>>;

  before(async () => {
    server = await testServer(16);
    held = await TestVault.create({ minimum: 4096, target: 16_384, maximum: 65_536 });
    await using source = await loadFixture(server, 'letta-0.16.8');
    await source.query(`create table odd_ones (a int, j json, b jsonb, t text)`);
    await source.query(
      `insert into odd_ones values (1, 'null', 'null', 'null'), (2, null, null, null), (3, '{"a": 1}', '{"a": 1}', ''), (3, '{"a": 1}', '{"a": 1}', '')`,
    );
    const { ref, manifest } = await backUp(source.url, held.vault);
    name = `${source.name}_damaged`;
    const restored = await restoreTo(server.url(name), held.vault, ref);
    assert.equal(restored.comparison?.equal, true);
    tables = await readTables(held.vault, manifest);
    database = openDatabase(server.url(name));
    session = await database.connect();
    model = await introspect(session, 'public');
    client = new pg.Client({ connectionString: server.url(name) });
    await client.connect();
    await client.query('set session_replication_role = replica');
  });
  after(async () => {
    await client?.end();
    await session?.close();
    await database?.close();
    await server.dropDatabase(name);
    await held[Symbol.asyncDispose]();
  });

  async function compare(table: string): Promise<RowDifference[]> {
    const entries = tables.filter((entry) => entry.schema === null && entry.name === table);
    assert.equal(entries.length, 1);
    const actual = {
      home: 'public',
      model: { ...model, tables: model.tables.filter((each) => each.schema === null && each.name === table) },
    };
    const compared = await compareContent({
      sessions: [session],
      vault: held.vault,
      expected: { tables: entries, model },
      actual,
      reporter: silentReporter,
      signal: never,
    });
    assert.equal(compared.equal, compared.differences.length === 0);
    for (const difference of compared.differences)
      assert.deepEqual([difference.table, difference.reason, difference.sampled], [table, 'content', false]);
    return compared.differences.flatMap((difference) => difference.rows);
  }

  /** Commits a change, compares, and undoes it by putting the table's rows back. */
  async function changed(table: string, sql: string, rows = 1): Promise<RowDifference[]> {
    await client.query(`create temporary table kept as table ${quote(table)}`);
    const generated = model.tables
      .find((each) => each.name === table)
      ?.columns.some((column) => column.generated !== null || column.identity !== null);
    assert.ok(!generated);
    try {
      const { rowCount } = await client.query(sql);
      assert.equal(rowCount, rows, sql);
      return await compare(table);
    } finally {
      await client.query(`delete from ${quote(table)}; insert into ${quote(table)} table kept; drop table kept`);
    }
  }

  it('is named by table, row and column, for every column of every table', async () => {
    const wrong: string[] = [];
    const skipped: string[] = [];
    let changes = 0;
    for (const entry of tables) {
      if (entry.rows === 0) continue;
      const table = model.tables.find((each) => each.schema === null && each.name === entry.name);
      assert.ok(table);
      const key = entry.key.map((index) => entry.shape[index]!.name);
      for (const column of table.columns) {
        const c = quote(column.name);
        const rule = others.find(([type]) => type.test(column.type));
        const enumeration = model.enums.find((each) => each.name === column.type);
        const value =
          rule?.[1](c) ??
          (enumeration ? `(select l from unnest(enum_range(null::${quote(column.type)})) l where l is distinct from ${c} limit 1)` : null);
        if (value === null) {
          skipped.push(`${entry.name}.${column.name} ${column.type}`);
          continue;
        }
        // The middle row among those that hold something, so that NULL is not all that is tried.
        const { rows } = await client.query(
          `select ctid::text as at, ${[...key, 'ctid'].map((each) => `${quote(each)}::text`).join(" || ' ' || ")} as label from ${quote(entry.name)} order by (${c} is null), 1 offset (select count(${c}) / 2 from ${quote(entry.name)}) limit 1`,
        );
        const at = rows[0]?.at ?? '(0,1)';
        const found = await changed(
          entry.name,
          `update ${quote(entry.name)} set ${c} = ${value} where ctid = '${at}' and (${value}) is distinct from (${/^json$/.test(column.type) ? 'null' : c})`,
        );
        changes++;
        const kinds = found
          .map(({ kind }) => kind)
          .sort()
          .join();
        const keyed = key.length > 0 && !key.includes(column.name);
        const right = keyed
          ? found.length === 1 && kinds === 'changed' && found[0]?.columns.join() === column.name
          : kinds === 'extra,missing';
        const named = !keyed || key.every((each) => found[0]?.row.includes(`${each}=`));
        if (!right || !named) wrong.push(`${entry.name}.${column.name} (${column.type}): ${JSON.stringify(found)}`);
      }
    }
    assert.deepEqual(wrong, [], `of ${changes} changes`);
    assert.deepEqual(skipped, []);
    assert.ok(changes > 300, String(changes));
  });

  it('every table: a row that is gone, and one that is new', async () => {
    for (const entry of tables.filter(({ rows }) => rows > 0)) {
      const table = quote(entry.name);
      const last = `ctid = (select ctid from ${table} order by ctid desc limit 1)`;
      const gone = await changed(entry.name, `delete from ${table} where ${last}`);
      assert.deepEqual(
        gone.map(({ kind }) => kind),
        ['missing'],
        entry.name,
      );
      if (entry.name === 'odd_ones') {
        const twice = await changed(entry.name, `insert into ${table} select * from ${table} where ${last}`);
        assert.deepEqual(
          twice.map(({ kind }) => kind),
          ['extra'],
          entry.name,
        );
      }
    }
    await client.query(`create temporary table one as select * from agents limit 1`);
    await client.query(`update one set id = 'agent-new'`);
    const extra = await changed('agents', 'insert into agents table one');
    assert.deepEqual(extra, [{ kind: 'extra', row: 'id=agent-new', columns: [] }]);
    // All gone: as many as there were.
    assert.equal(
      (await changed('messages', 'delete from messages', tables.find(({ name: each }) => each === 'messages')?.rows)).length,
      tables.find(({ name: each }) => each === 'messages')?.rows,
    );
  });

  it('NULL, JSON null, the text null and nothing are four things', async () => {
    for (const [sql, kinds] of [
      ['update odd_ones set j = null where a = 1', 'extra,missing'],
      [`update odd_ones set j = 'null' where a = 2`, 'extra,missing'],
      ['update odd_ones set b = null where a = 1', 'extra,missing'],
      [`update odd_ones set b = 'null' where a = 2`, 'extra,missing'],
      [`update odd_ones set t = null where a = 1`, 'extra,missing'],
      [`update odd_ones set t = '' where a = 2`, 'extra,missing'],
      [`update odd_ones set j = '{"a":1}' where ctid = (select max(ctid) from odd_ones where a = 3)`, 'extra,missing'],
    ] as const) {
      const found = await changed('odd_ones', sql);
      assert.equal(
        found
          .map(({ kind }) => kind)
          .sort()
          .join(),
        kinds,
        sql,
      );
    }
    const { rows } = await client.query<{ id: string }>(`select id from agents where llm_config is not null order by id limit 1`);
    const found = await changed('agents', `update agents set llm_config = (llm_config::text || ' ')::json where id = '${rows[0]?.id}'`);
    assert.deepEqual(found, [{ kind: 'changed', row: `id=${rows[0]?.id}`, columns: ['llm_config'] }]);
    const nulled = await changed('agents', `update agents set llm_config = 'null' where id = '${rows[0]?.id}'`);
    assert.deepEqual(nulled, [{ kind: 'changed', row: `id=${rows[0]?.id}`, columns: ['llm_config'] }]);
  });

  it('values that two rows swapped: both rows are named, also when they stand in different segments', async () => {
    for (const [table, column] of [
      ['messages', 'content'],
      ['messages', 'created_at'],
      ['agents', 'name'],
      ['block', 'value'],
      ['messages', 'sequence_id'],
    ] as const) {
      const c = quote(column);
      const { rows } = await client.query<{ id: string }>(
        `(select id from ${table} where ${c} is not null order by ${c}::text, id limit 1) union all (select id from ${table} where ${c} is not null order by ${c}::text desc, id desc limit 1)`,
      );
      const ids = rows.map(({ id }) => id);
      assert.equal(new Set(ids).size, 2);

      await client.query(`create temporary table pair as select * from ${table} where id in ('${ids.join("', '")}')`);
      const found = await swap(table, c, ids);
      await client.query('drop table pair');
      assert.deepEqual(
        found.map(({ kind, row, columns }) => `${kind} ${row} ${columns.join()}`).sort(),
        ids.map((id) => `changed id=${id} ${column}`).sort(),
      );
    }
  });

  /** Takes both rows out and puts them in again, so that unique constraints see no value twice. */
  async function swap(table: string, c: string, ids: string[]): Promise<RowDifference[]> {
    await client.query(`update pair set ${c} = (select x.${c} from ${table} x where x.id in ('${ids.join("', '")}') and x.id <> pair.id)`);
    await client.query(`create temporary table kept as table ${table}`);
    try {
      await client.query(`delete from ${table} where id in ('${ids.join("', '")}')`);
      await client.query(`insert into ${table} table pair`);
      return await compare(table);
    } finally {
      await client.query(`delete from ${table}; insert into ${table} table kept; drop table kept`);
    }
  }

  it('everything was put back: the tests above left the database as it was', async () => {
    for (const entry of tables) assert.deepEqual(await compare(entry.name), [], entry.name);
  });
});
