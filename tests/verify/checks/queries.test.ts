import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHome } from '../../../src/postgres/home.ts';
import { openDatabase } from '../../../src/postgres/open-database.ts';
import { checkContext } from '../../../src/verify/check-context.ts';
import { slowQueries } from '../../../src/verify/checks/query-slow.ts';
import { testQueries } from '../../../src/verify/test-queries.ts';
import { type FixtureName, fixtureNames, loadFixture } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

for (const fixture of fixtureNames as readonly FixtureName[]) {
  test(`what a server asks most is asked of ${fixture}, wherever its extension is`, async () => {
    await using loaded = await loadFixture(await testServer(), fixture);
    const database = openDatabase(loaded.url, { environment: {} });
    const session = await database.connect();
    try {
      const home = await findHome(session);
      await session.query('begin');
      const context = await checkContext(session, home, { encryptionKey: null, now: new Date() });
      const times = await testQueries(context);
      assert.deepEqual(
        times.map(({ name, error }) => [name, error]),
        ['agents-list', 'message-page', 'context-window', 'memory-blocks', 'tools', 'vector-search'].map((name) => [name, null]),
      );
      for (const { name, milliseconds, rows } of times) assert.ok(rows > 0 && milliseconds > 0, `${name}: ${rows} rows`);
      assert.equal(times.find(({ name }) => name === 'agents-list')?.rows, 18);
      assert.equal(await testQueries(context), times, 'asked again, the same times');
      await session.query('rollback');
    } finally {
      await session.close();
      await database.close();
    }
  });
}

test('a query that fails is an error, and the other checks go on', async () => {
  await using database = await plantedDatabase(await testServer(), 'letta-0.16.8');
  const found = await database.plant(
    'alter table archival_passages alter column embedding type vector',
    // Of the agent with most of them, one that the others cannot be compared with.
    `update archival_passages set embedding = '[1,2]' where id = (
       select max(p.id) from archival_passages p where p.archive_id = (
         select archive_id from archives_agents l where l.agent_id = (
           select l.agent_id from archives_agents l join archival_passages p using (archive_id) group by 1 order by count(*) desc, 1 limit 1)))`,
  );
  const [failed, ...others] = found.filter(({ code }) => code.startsWith('query-') || code === 'check-failed');
  assert.deepEqual([failed?.code, failed?.where, failed?.severity, others.length], ['query-failed', 'vector-search', 'error', 0]);
  assert.match(failed?.message ?? '', /different vector dimensions/);
  assert.match(failed?.repair ?? '', /^Mend what PostgreSQL names/);
});

test('a search by vectors in which each distance takes its time is a warning, and the only one', async () => {
  await using database = await plantedDatabase(await testServer(), 'letta-0.16.8');
  const compared = `select count(*) from archival_passages p join archives_agents l using (archive_id)
    where not p.is_deleted and p.embedding is not null group by l.agent_id order by count(*) desc limit 1`;
  const rows = Number(await valueIn(database, compared));
  assert.equal(rows, 9);
  // The function behind pgvector's operator <=>: over all rows, it sleeps only just longer than is allowed.
  const slowly = `create or replace function cosine_distance(vector, vector) returns double precision language plpgsql immutable strict
    as $$ begin perform pg_sleep(${2.05 / rows}); return 1; end $$`;
  const [slow] = await sees(database, [slowly], { code: 'query-slow', where: 'vector-search', severity: 'warning' });
  assert.match(
    slow?.message ?? '',
    /^the 10 nearest archival memories of agent-\S+, by the vector of one of them took \d+\.\d s \(9 rows\)$/,
  );
  assert.match(slow?.repair ?? '', /ANALYZE/);
});

test('a query that takes more than two seconds is a warning', () => {
  const time = { name: 'message-page', what: 'the last 100 messages of agent-1', rows: 100, error: null };
  const findings = slowQueries([
    { ...time, milliseconds: 2000 },
    { ...time, name: 'tools', milliseconds: 2345 },
    { ...time, name: 'vector-search', milliseconds: 9000, error: 'refused' },
  ]);
  assert.deepEqual(
    findings.map(({ code, severity, where, message }) => [code, severity, where, message]),
    [['query-slow', 'warning', 'tools', 'the last 100 messages of agent-1 took 2.3 s (100 rows)']],
  );
});
