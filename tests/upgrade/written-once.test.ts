import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findTargetRevision } from '../../src/letta/find-revision.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { restore } from '../../src/restore/restore.ts';
import { alterationLog } from '../../src/upgrade/alterations.ts';
import { backUp, never, TestVault } from '../road/road.ts';
import { type FixtureName, fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import { TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

/** The tables that are large in a database that is used: the history and the passages. */
const large = ['messages', 'steps', 'archival_passages', 'source_passages'];

/** What PostgreSQL counted at one table since it was made. `n_tup_upd` counts each UPDATE of a row, those that change nothing too. */
interface Writes {
  name: string;
  rows: number;
  inserted: number;
  updated: number;
  deleted: number;
}

/**
 * Builds a fixture at another release. @returns rows that the passes altered, by table. The log of it is dropped after
 * the proof, so it is read before.
 */
async function buildAt(server: TestServer, name: FixtureName, release: string, built: TestDatabase): Promise<Map<string, number>> {
  await using source = await loadFixture(server, name);
  await using held = await TestVault.create();
  const { ref } = await backUp(source.url, held.vault);
  const target = openDatabase(built.url, { create: true });
  let altered: Map<string, number> | null = null;
  try {
    await restore({
      vault: held.vault,
      ref,
      target,
      request: { layout: { kind: 'same' }, owner: null, withObjects: false, release: findTargetRevision(release) },
      reporter: silentReporter,
      signal: never,
      confirm: async () => true,
      keys: { encryptionKey: fixtureEncryptionKey, rekeyTo: null },
      onProven: async ({ session }) => {
        const log = await session.query(`select table_name as name, count(distinct id)::text as rows from ${alterationLog} group by 1`);
        altered = new Map(log.map(({ name, rows }) => [String(name), Number(rows)]));
      },
    });
  } finally {
    await target.close();
  }
  assert.ok(altered, 'the proof failed');
  return altered;
}

/** A session hands its counts over when it ends, before it leaves pg_stat_activity; so they are whole when none is left. */
async function writesIn(server: TestServer, built: TestDatabase): Promise<Writes[]> {
  const deadline = Date.now() + 20_000;
  while ((await server.query('select from pg_stat_activity where datname = $1', [built.name])).length > 0) {
    assert.ok(Date.now() < deadline, 'sessions of the restore are still there');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const counts = await built.query<Omit<Writes, 'rows'>>(
    `select relname as name, n_tup_ins::int as inserted, n_tup_upd::int as updated, n_tup_del::int as deleted
       from pg_stat_user_tables where schemaname = 'public' and relname = any($1) order by array_position($1, relname::text)`,
    [large],
  );
  return await Promise.all(
    counts.map(async (each) => {
      const [count] = await built.query<{ rows: number }>(`select count(*)::int as rows from public."${each.name}"`);
      return { ...each, rows: count?.rows ?? 0 };
    }),
  );
}

/** Rows are inserted once, in the shape of the target, and a pass writes again only those that it alters. */
describe('no large table is rewritten twice', () => {
  for (const [fixture, release, rewritten] of [
    ['letta-0.11.3', '0.16.8', 0],
    // Two messages of a role that 0.11.3 does not have: it shows that the counts do see an UPDATE.
    ['letta-0.16.8', '0.11.3', 2],
  ] as const)
    test(`${fixture} to ${release}`, async () => {
      const server = await testServer();
      await using built = new TestDatabase(server, `written_once_${process.pid}_${release.replaceAll('.', '_')}`);
      const altered = await buildAt(server, fixture, release, built);
      const tables = await writesIn(server, built);
      assert.deepEqual(
        tables.map(({ name }) => name),
        large,
      );
      for (const { name, rows, inserted, updated, deleted } of tables) {
        assert.ok(rows > 0, `${name} is empty: it shows nothing`);
        assert.deepEqual([name, inserted, deleted], [name, rows, 0]);
        const bound = altered.get(name) ?? 0;
        assert.ok(updated <= bound, `${name}: ${updated} UPDATEs, and the passes altered ${bound} rows`);
      }
      assert.equal(tables.find(({ name }) => name === 'messages')?.updated, rewritten);
    });
});
