import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { createConstraints, type Relaxed } from '../../src/restore/create-constraints.ts';
import { testServer } from '../support/postgres.ts';

const { signal } = new AbortController();

test('several sessions add constraints to tables that all refer to each other, and none waits for another for ever', async () => {
  const server = await testServer(16);
  await using database = await server.createDatabase();
  const target = openDatabase(database.url);
  const sessions = await Promise.all([target.connect(), target.connect(), target.connect()]);
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const table = (name: string) => `"public"."${name}"`;
  for (const name of names)
    await database.query(`create table ${name} (id int, ${names.map((to) => `to_${to} int`).join(', ')});
      insert into ${name} select i, ${names.map(() => 'i').join(', ')} from generate_series(1, 2000) i`);
  await database.query(`update c set to_e = 0 where id = 7; update d set id = 8 where id = 9; update d set to_d = 8 where id = 8`);
  const pairs = names.flatMap((from) => names.map((to) => ({ from, to })));
  const relaxed: Relaxed = { names: new Set(), warnings: [] };
  await createConstraints(
    sessions,
    {
      constraints: names.map((name) => ({
        table: table(name),
        sql: `ALTER TABLE ${table(name)} ADD CONSTRAINT "${name}_key" UNIQUE ("id")`,
      })),
      indexes: pairs.map(({ from, to }) => ({
        table: table(from),
        sql: `CREATE INDEX "${from}_${to}_index" ON ${table(from)} USING btree ("to_${to}")`,
      })),
      foreignKeys: pairs
        .filter(({ to }) => to !== 'd')
        .map(({ from, to }) => ({
          table: table(from),
          sql: `ALTER TABLE ${table(from)} ADD CONSTRAINT "${from}_${to}" FOREIGN KEY ("to_${to}") REFERENCES ${table(to)} ("id") NOT VALID`,
          validate: from === 'f' && to === 'a' ? null : `ALTER TABLE ${table(from)} VALIDATE CONSTRAINT "${from}_${to}"`,
        })),
    },
    relaxed,
    signal,
  );
  // Rows contradict one foreign key and one unique constraint; another foreign key was not valid where it comes from.
  assert.deepEqual([...relaxed.names].sort(), ['c_e', 'd_key']);
  assert.deepEqual(relaxed.warnings.map(({ code }) => code).sort(), ['constraint-left-out', 'constraint-not-valid']);
  const rows = await sessions[0]!.query(
    `select conname as name, convalidated as valid from pg_constraint where connamespace = 'public'::regnamespace and contype in ('f', 'u') order by 1`,
  );
  assert.equal(rows.length, 5 + 30);
  assert.deepEqual(
    rows.filter(({ valid }) => valid === 'f').map(({ name }) => name),
    ['c_e', 'f_a'],
  );
  const indexes = await sessions[0]!.query(`select count(*) as n from pg_indexes where schemaname = 'public' and indexname ~ '_index$'`);
  assert.equal(indexes[0]?.n, '36');
  for (const session of sessions) await session.close();
  await target.close();
});
