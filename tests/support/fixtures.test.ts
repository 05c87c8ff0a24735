import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixtureFacts, fixtureNames, loadFixture, loadFixtureEmbedded } from './fixtures.ts';
import { privateServer, testServer, testServers } from './postgres.ts';

const md5 = (table: string) =>
  `SELECT count(*) AS rows, md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), '')) AS md5 FROM ${table} t`;

describe('fixtures', () => {
  for (const name of fixtureNames) {
    test(`${name} loads on every server with the rows that its manifest promises`, async () => {
      const facts = fixtureFacts(name);
      for (const server of await testServers()) {
        await using database = await loadFixture(server, name);
        for (const [table, expected] of Object.entries(facts.tables)) {
          const [found] = await database.query<{ rows: string; md5: string }>(md5(`${facts.schema}."${table}"`));
          assert.deepEqual(
            { rows: Number(found?.rows), md5: found?.md5 },
            { rows: expected.rows, md5: expected.md5 },
            `${table} on ${server.version}`,
          );
        }
      }
    });
  }

  test('the custom layout keeps its search_path, also in a copy', async () => {
    await using database = await loadFixture(await testServer(), 'letta-0.16.2.custom-layout', { name: 'my_letta' });
    const [row] = await database.query<{ search_path: string; agents: string }>(
      `SELECT current_setting('search_path') AS search_path, count(*) AS agents FROM agents`,
    );
    assert.deepEqual(row, { search_path: 'letta', agents: '18' });
  });

  for (const name of ['letta-0.16.8', 'letta-0.16.2.custom-layout'] as const) {
    test(`${name} loads into PGlite`, async () => {
      await using database = await loadFixtureEmbedded(name);
      const facts = fixtureFacts(name);
      await database.exec(`SET timezone = 'UTC'`);
      for (const [table, expected] of Object.entries(facts.tables)) {
        const { rows } = await database.query<{ rows: number; md5: string }>(md5(`${facts.schema}."${table}"`));
        assert.equal(rows[0]?.md5, expected.md5, table);
      }
      const { rows } = await database.query<{ count: number }>('SELECT count(*) FROM agents');
      assert.equal(rows[0]?.count, 18);
    });
  }
});

test('a private server can be crashed and started again', async () => {
  await using server = await privateServer(15, { settings: { work_mem: '5MB' } });
  const database = await server.createDatabase({ vector: true });
  await server.restart('immediate');
  const [row] = await database.query('SHOW work_mem');
  assert.deepEqual(row, { work_mem: '5MB' });
  await server.halt();
  assert.equal(server.isRunning, false);
});
