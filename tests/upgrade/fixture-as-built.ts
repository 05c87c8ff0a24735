import { findRelease, revisionInfo, schemaAt } from '../../src/letta/catalogue.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import type { Built } from '../../src/upgrade/built.ts';
import { type FixtureName, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';

export interface FixtureAsBuilt extends Built {
  database: TestDatabase;
  query<Row extends Record<string, unknown> = Record<string, string>>(sql: string, values?: unknown[]): Promise<Row[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A fixture as passes see a database that is being built: its rows, without constraints and indexes. What the tables
 * hold has to fit `to`; everything else about the two releases is only said. `constraints: 'kept'` for real servers.
 */
export async function fixtureAsBuilt(
  name: FixtureName,
  releases: { from?: string; to?: string; constraints?: 'kept' } = {},
): Promise<FixtureAsBuilt> {
  const database = await loadFixture(await testServer(), name);
  const own = fixtureFacts(name).alembic_version;
  const at = (release: string | undefined) => revisionInfo(release === undefined ? own : (findRelease(release)?.head ?? ''));
  const [from, to] = [at(releases.from), at(releases.to)];
  if (!from || !to) throw new Error(`no such release: ${JSON.stringify(releases)}`);
  if (releases.constraints !== 'kept')
    await database.query(
      `do $$ declare c record; begin
       for c in select conrelid::regclass as rel, conname from pg_constraint where connamespace = 'public'::regnamespace and contype in ('f', 'p', 'u') order by contype = 'f' desc
       loop execute format('alter table %s drop constraint %I', c.rel, c.conname); end loop; end $$`,
    );
  const opened = openDatabase(database.url);
  const session = await opened.connect();
  await session.query('set search_path to public');
  return {
    session,
    home: 'public',
    model: schemaAt(to.revision),
    from,
    to,
    database,
    query: (sql, values) => database.query(sql, values),
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await opened.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
