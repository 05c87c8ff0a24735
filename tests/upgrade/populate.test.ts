import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { releases, revisionInfo } from '../../src/letta/catalogue.ts';
import { driftFromCatalogue } from '../../src/letta/drift.ts';
import { recogniseSchema } from '../../src/letta/recognise-schema.ts';
import { decryptSecret } from '../../src/letta/secret.ts';
import type { Session } from '../../src/postgres/database.ts';
import { introspect } from '../../src/postgres/introspect.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { compareSchemas } from '../../src/schema/compare.ts';
import { quoteIdent } from '../../src/schema/model.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';
import { type TestServer, testServer } from '../support/postgres.ts';
import { betweenReleases, heads, sampleHeads } from './heads.ts';
import { type Populated, type PopulateOptions, populate, schemaFor } from './populate.ts';
import { possibleScenarios, scenarios } from './scenarios.ts';
import { secrets } from './secrets.ts';
import { wordColumns, wordsOf } from './words.ts';

const tried = [...(process.env.LIFEBOAT_UPGRADE_MATRIX ? heads() : sampleHeads()), ...betweenReleases];
let server: TestServer;
before(async () => {
  server = await testServer();
});

async function inPopulated(revision: string, options: PopulateOptions, work: (session: Session, populated: Populated) => Promise<void>) {
  await using test = await server.createDatabase();
  const database = openDatabase(test.url);
  const session = await database.connect();
  try {
    await work(session, await populate(session, 'letta', revision, options));
  } finally {
    await session.close();
    await database.close();
  }
}

describe('a populated database', () => {
  const proven = new Set<string>();
  for (const revision of tried) {
    it(`at ${revisionInfo(revision)?.position} ${revision} has the catalogue’s schema, rows in every table, and every situation that can be`, async () => {
      await inPopulated(revision, {}, async (session, { model, world }) => {
        assert.deepEqual(driftFromCatalogue(await introspect(session, 'letta'), [revision]), []);
        await session.query('set search_path to letta, public');
        const missing: string[] = [];
        for (const { name, proof } of possibleScenarios(model, world.position)) {
          proven.add(name);
          if ((await session.query(`select from (${proof}) found limit 1`)).length === 0) missing.push(name);
        }
        for (const { sql, what } of everyValue(model, world.position)) {
          if ((await session.query(sql))[0]?.there !== 't') missing.push(what);
        }
        assert.deepEqual(missing, []);
      });
    });
  }
  after(() => {
    const never = scenarios.filter(({ name }) => !proven.has(name)).map(({ name }) => name);
    if (tried.length > heads().length) assert.deepEqual(never, [], 'situations that can be nowhere');
  });

  it('is the same every time', async () => {
    const revision = releases().at(-1)?.head ?? '';
    const rows: unknown[] = [];
    for (let time = 0; time < 2; time++) {
      await inPopulated(revision, {}, async (_, { world }) => void rows.push([...world.rows]));
    }
    assert.deepEqual(rows[0], rows[1]);
  });

  it('has secrets that the key of the fixtures opens', async () => {
    for (const { plain, sealed } of Object.values(secrets)) assert.equal(await decryptSecret(sealed, fixtureEncryptionKey), plain);
  });
});

/** Every table has rows, every column of them that may be empty is and is not, every label and word is used. */
function everyValue(model: Populated['model'], position: number): { what: string; sql: string }[] {
  const found: { what: string; sql: string }[] = [];
  const ask = (what: string, table: string, condition: string) =>
    found.push({ what, sql: `select (${condition}) as there from ${quoteIdent(table)}` });
  for (const table of model.tables.filter(({ name }) => name !== 'alembic_version')) {
    ask(`rows in ${table.name}`, table.name, 'count(*) > 3');
    for (const { name, type, notNull } of table.columns) {
      const column = quoteIdent(name);
      const where = `${table.name}.${name}`;
      if (!notNull) ask(`NULL in ${where}`, table.name, `bool_or(${column} is null)`);
      ask(`something in ${where}`, table.name, `count(${column}) > 0`);
      if (type === 'boolean') ask(`true and false in ${where}`, table.name, `count(distinct ${column}) = 2`);
      if (type.startsWith('json')) ask(`JSON null in ${where}`, table.name, `bool_or(${column}::text = 'null')`);
      const labels = model.enums.find((each) => each.name === type)?.labels;
      if (labels) ask(`every label in ${where}`, table.name, `count(distinct ${column}) = ${labels.length}`);
      const words = wordColumns.includes(where) ? wordsOf(table.name, name, position) : null;
      if (words) ask(`every word in ${where}`, table.name, `count(distinct ${column}) >= ${words.length}`);
    }
  }
  return found;
}

describe('variations', () => {
  const statesOf = async (revision: string, options: PopulateOptions) => {
    let states: string[] = [];
    await inPopulated(revision, options, async (session) => {
      const model = await introspect(session, 'letta');
      assert.deepEqual(compareSchemas(schemaFor(revision, options), model), []);
      states = recogniseSchema([revision], model).map(({ state }) => state);
    });
    return states;
  };

  for (const version of ['0.11.3', '0.16.2', '0.16.8']) {
    it(`made by create_all at ${version}`, async () => {
      const revision = releases().find((release) => release.version === version)?.head ?? '';
      assert.deepEqual(await statesOf(revision, { createAll: true }), ['create_all', 'missing sequence']);
      assert.deepEqual(await statesOf(revision, { createAll: true, handRepaired: true }), ['create_all', 'hand-repaired sequence']);
      assert.deepEqual(await statesOf(revision, { handRepaired: true }), ['hand-repaired sequence']);
    });
  }

  it('wedged between two releases, with configurations filled in', async () => {
    assert.deepEqual(await statesOf('c6c43222e2de', { wedge: true }), ['wedge']);
    await inPopulated('c6c43222e2de', { wedge: true }, async (session) => {
      const rows = await session.query('select 1 from letta.archives where embedding_config is null');
      assert.equal(rows.length, 0);
    });
  });
});
