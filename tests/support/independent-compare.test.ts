import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFixture } from './fixtures.ts';
import { contentDifferences, differences } from './independent-compare.ts';
import { testServer, testServers } from './postgres.ts';

test('the same fixture is equal on every pair of servers, by hashes and by pg_dump', async () => {
  const [first, ...others] = await testServers();
  assert.ok(first);
  await using left = await loadFixture(first, 'letta-0.16.8');
  for (const server of [first, ...others]) {
    await using right = await loadFixture(server, 'letta-0.16.8');
    assert.deepEqual(await differences(left, right), [], `${first.version} and ${server.version}`);
  }
});

test('a change of layout is not a difference when it is announced', async () => {
  const server = await testServer();
  await using plain = await loadFixture(server, 'letta-0.16.2');
  await using custom = await loadFixture(server, 'letta-0.16.2.custom-layout');
  assert.deepEqual(await differences(plain, custom, { schemas: { public: 'letta' } }), [
    'setting search_path: not there ≠ search_path=letta',
  ]);
});

for (const [what, change, expected] of [
  [
    'one character',
    `UPDATE agents SET description = 'x' || coalesce(description, '') WHERE id = (SELECT min(id) FROM agents)`,
    /^public\.agents\.description: /,
  ],
  [
    'an empty string for null',
    `UPDATE agents SET description = '' WHERE id = (SELECT min(id) FROM agents WHERE description IS NULL)`,
    /^public\.agents\.description: /,
  ],
  ['a missing row', `DELETE FROM agents_tags WHERE ctid = (SELECT min(ctid) FROM agents_tags)`, /^public\.agents_tags: /],
  ['a sequence', `SELECT nextval('message_seq_id')`, /^public\.message_seq_id: /],
  ['a table', `CREATE TABLE extra ()`, /^public\.extra: not there ≠ 0 rows/],
  [
    'a setting',
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem TO %L', current_database(), '5MB'); END $$`,
    /^setting work_mem: /,
  ],
] as const) {
  test(`it sees ${what}`, async () => {
    const server = await testServer();
    await using left = await loadFixture(server, 'letta-0.16.8');
    await using right = await loadFixture(server, 'letta-0.16.8');
    await right.query(change);
    const found = await contentDifferences(left, right);
    assert.ok(found.length >= 1 && found.some((line) => expected.test(line)), found.join('\n'));
    if (what !== 'a setting') assert.ok((await differences(left, right)).some((line) => line.startsWith('pg_dump')));
  });
}

for (const [what, change] of [
  ['an index', 'DROP INDEX IF EXISTS ix_messages_agent_created_at; CREATE INDEX other ON messages (id)'],
  ['a default', `ALTER TABLE agents ALTER description SET DEFAULT 'x'`],
  ['a view', 'CREATE VIEW v AS SELECT 1'],
] as const) {
  test(`pg_dump shows ${what}`, async () => {
    const server = await testServer();
    await using left = await loadFixture(server, 'letta-0.16.8');
    await using right = await loadFixture(server, 'letta-0.16.8');
    await right.query(change);
    assert.ok((await differences(left, right)).some((line) => line.startsWith('pg_dump')));
  });
}

test('SQL null, json null, an empty string and the word null are four things', async () => {
  const server = await testServer();
  const values = ["('null'::json, 'null')", "(null, '')", '(null, null)'];
  const databases = await Promise.all(values.map(() => server.createDatabase()));
  for (const [index, database] of databases.entries())
    await database.query(`CREATE TABLE t (j json, x text); INSERT INTO t VALUES ${values[index]}`);
  const [first, second, third] = databases;
  assert.ok(first && second && third);
  const changed = async (left: typeof first, right: typeof first) =>
    (await contentDifferences(left, right)).map((line) => line.split(':')[0]);
  assert.deepEqual(await changed(first, second), ['public.t.j', 'public.t.x']);
  assert.deepEqual(await changed(second, third), ['public.t.x']);
  for (const database of databases) await database.drop();
});
