import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifeboatError } from '../../src/report/errors.ts';
import { loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';
import { upgradeDatabase } from './upgrade-fixture.ts';

test('what is there twice where the target allows one: the oldest stays, the other is set aside and named, no key is left out', async () => {
  const source = await loadFixture(await testServer(), 'letta-0.16.2');
  const keys = await source.query<{ name: string }>(
    `select conname as name from pg_constraint where conrelid = 'tools'::regclass and contype = 'u'`,
  );
  assert.equal(keys.length, 2);
  for (const { name } of keys) await source.query(`alter table tools drop constraint "${name}"`);
  const [copied] = await source.query<{ id: string }>(
    `insert into tools select (json_populate_record(t, json_build_object('id', 'tool-00000000-0000-4000-8000-000000000000', 'created_at', '2099-01-01'))).*
       from tools t where t.tool_type = 'custom' order by t.id limit 1 returning id`,
  );
  await using upgraded = await upgradeDatabase(source, '0.16.8');
  const { comparison, drift, wrong, losses, warnings } = upgraded.result;
  assert.deepEqual([comparison?.equal, drift, wrong], [true, [], []]);
  assert.ok(!warnings.some(({ code }) => code === 'constraint-left-out'));
  const [loss] = losses.filter(({ table }) => table === 'tools');
  assert.equal(loss?.class, 'set aside');
  assert.match(loss?.reason ?? '', /older row with the same/);
  const kept = await upgraded.built.query<{ id: string }>('select id from lifeboat_set_aside.tools');
  assert.deepEqual(
    kept.map(({ id }) => id),
    [copied?.id],
  );
});

test('an own table that stands where the target has one of Letta’s, with other columns, is refused by its name', async () => {
  const source = await loadFixture(await testServer(), 'letta-0.11.3');
  await source.query('create table runs (id integer primary key, note text)');
  await assert.rejects(
    upgradeDatabase(source, '0.16.8'),
    (error) => error instanceof LifeboatError && error.code === 'own-table-in-the-way',
  );
});
