import { additions, schemaStatements } from '../../src/postgres/ddl.ts';
import { type FixtureName, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';
import { type PopulateOptions, schemaFor } from './populate.ts';

/** A fixture's rows in the schema as SQLAlchemy's create_all makes it, or with a sequence put there by hand. */
export async function fixtureInOddSchema(name: FixtureName, options: PopulateOptions): Promise<TestDatabase> {
  const server = await testServer();
  await using fixture = await loadFixture(server, name);
  const database = await server.createDatabase({ vector: true });
  const statements = schemaStatements(schemaFor(fixtureFacts(name).alembic_version, options), 'public');
  const run = (all: readonly string[]) => database.query(all.map((each) => `${each};\n`).join(''));
  await run([...statements.types, ...statements.sequences, ...statements.tables]);
  // COPY with column lists: the order of columns is another one. Values of sequences are no rows.
  const rows = await server.run('pg_dump', fixture.name, ['--data-only', '--no-owner']);
  await server.psql(database.name, rows.replaceAll(/^SELECT pg_catalog\.setval.*$|^\\(?:un)?restrict.*$/gm, ''));
  await run([...additions(statements), ...statements.sequenceOwners]);
  return database;
}
