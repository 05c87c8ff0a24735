import { revisionInfo, schemaAt } from '../../src/letta/catalogue.ts';
import { schemaStatements } from '../../src/postgres/ddl.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { quoteIdent, quoteLiteral } from '../../src/schema/model.ts';
import { type Built, sourceSchema } from '../../src/upgrade/built.ts';
import { type FixtureName, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';

/** A fixture's rows in the tables of another revision, before constraints: what the passes of an upgrade see. */
export interface BuiltFixture extends Built {
  url: string;
  query<Row extends Record<string, unknown> = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

const home = 'built';

/**
 * Carries the columns that both revisions have and nothing else: what steps derive is not these tests' subject. NOT NULL is
 * left out for columns that the fixture does not have, and a label that the target's enum lacks becomes NULL: that is a step's work too.
 */
export async function builtFromFixture(name: FixtureName, toRevision: string): Promise<BuiltFixture> {
  const database = await loadFixture(await testServer(), name);
  const from = revisionInfo(fixtureFacts(name).alembic_version);
  const to = revisionInfo(toRevision);
  if (!from || !to) throw new Error(`no revision ${toRevision} in the catalogue`);
  const model = schemaAt(to.revision);
  const there = schemaAt(from.revision);
  const statements = schemaStatements(model, home);
  const copies = model.tables.flatMap((table) => {
    const columns = there.tables.find((each) => each.name === table.name)?.columns.map((column) => column.name) ?? [];
    const common = table.columns.filter((column) => columns.includes(column.name));
    const relaxed = table.columns.filter((column) => column.notNull && !columns.includes(column.name));
    const into = `${home}.${quoteIdent(table.name)}`;
    const select = common.map(({ name, type }) => {
      const labels = model.enums
        .find((each) => each.name === type)
        ?.labels.map(quoteLiteral)
        .join(', ');
      const value = `${quoteIdent(name)}::text`;
      return labels === undefined ? quoteIdent(name) : `CASE WHEN ${value} IN (${labels}) THEN ${value}::${home}.${quoteIdent(type)} END`;
    });
    const complete = common.filter((column) => column.notNull).map((column) => `${quoteIdent(column.name)} IS NOT NULL`);
    return [
      ...relaxed.map((column) => `ALTER TABLE ${into} ALTER ${quoteIdent(column.name)} DROP NOT NULL`),
      ...(common.length === 0 || table.name === 'alembic_version'
        ? []
        : [
            `INSERT INTO ${into} (${common.map((column) => quoteIdent(column.name)).join(', ')})
             SELECT ${select.join(', ')} FROM public.${quoteIdent(table.name)} WHERE ${['true', ...complete].join(' AND ')}`,
          ]),
    ];
  });
  await database.query(
    [
      `CREATE SCHEMA ${home}; CREATE SCHEMA ${sourceSchema}; ALTER DATABASE ${quoteIdent(database.name)} SET search_path TO ${home}, public`,
      `SET search_path TO ${home}, public`,
      ...statements.types,
      ...statements.sequences,
      ...statements.tables,
      ...copies,
      `INSERT INTO alembic_version VALUES ('${to.revision}')`,
    ].join(';\n'),
  );
  const opened = openDatabase(database.url);
  const session = await opened.connect();
  return {
    session,
    home,
    model,
    from,
    to,
    url: database.url,
    query: (sql, values) => database.query(sql, values),
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await opened.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
