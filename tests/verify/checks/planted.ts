import { schemaAt } from '../../../src/letta/catalogue.ts';
import { inOrder, schemaStatements } from '../../../src/postgres/ddl.ts';
import { findHome } from '../../../src/postgres/home.ts';
import { openDatabase } from '../../../src/postgres/open-database.ts';
import { silentReporter } from '../../../src/report/progress.ts';
import { allChecks } from '../../../src/verify/all-checks.ts';
import type { Check } from '../../../src/verify/check.ts';
import { checkContext } from '../../../src/verify/check-context.ts';
import type { Finding } from '../../../src/verify/finding.ts';
import { runChecks } from '../../../src/verify/run-checks.ts';
import { type FixtureName, fixtureEncryptionKey, loadFixture } from '../../support/fixtures.ts';
import type { TestDatabase, TestServer } from '../../support/postgres.ts';

export interface PlantedDatabase extends AsyncDisposable {
  /** What the checks find in the fixture as it is. */
  clean: Finding[];
  /**
   * Runs statements in a transaction, then ALL checks, then takes the damage back. Any value can be planted: triggers
   * and foreign keys are off. @returns what is found now and was not found before; a finding that changed counts
   */
  plant(...statements: string[]): Promise<Finding[]>;
  /** Values of one row, before anything is planted. */
  query(sql: string): Promise<Record<string, string | null>[]>;
}

/** A real database with a fixture in it, or Letta's empty tables at a revision, where a test plants damage and sees exactly what is found. */
export async function plantedDatabase(
  server: TestServer,
  from: FixtureName | { revision: string },
  options: { checks?: readonly Check[]; encryptionKey?: string | null; now?: Date } = {},
): Promise<PlantedDatabase> {
  const { checks = allChecks, encryptionKey = fixtureEncryptionKey, now = new Date('2026-11-21T00:00:00Z') } = options;
  const loaded = typeof from === 'string' ? await loadFixture(server, from) : await emptyAt(server, from.revision);
  const database = openDatabase(loaded.url, { environment: {} });
  const session = await database.connect();
  const home = await findHome(session);
  await session.query(`select set_config('search_path', $1, false)`, [`${JSON.stringify(home)}, public`]);
  const look = async () => {
    const context = await checkContext(session, home, { encryptionKey, now });
    return (await runChecks(context, checks, { reporter: silentReporter, signal: new AbortController().signal })).findings;
  };
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    await session.query('begin');
    try {
      await session.query('set local session_replication_role = replica');
      return await work();
    } finally {
      await session.query('rollback');
    }
  };
  const clean = await within(look);
  const known = new Set(clean.map((finding) => JSON.stringify(finding)));
  return {
    clean,
    plant: async (...statements) =>
      await within(async () => {
        for (const statement of statements) await session.query(statement);
        return (await look()).filter((finding) => !known.has(JSON.stringify(finding)));
      }),
    query: async (sql) => await session.query(sql),
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await database.close();
      await loaded.drop();
    },
  };
}

async function emptyAt(server: TestServer, revision: string): Promise<TestDatabase> {
  const database = await server.createDatabase({ vector: true });
  const statements = inOrder(schemaStatements(schemaAt(revision), 'public'));
  await database.query([...statements, `insert into alembic_version values ('${revision}')`].join(';\n'));
  return database;
}
