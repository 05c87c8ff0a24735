import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { schemaAt } from '../../src/letta/catalogue.ts';
import { driftFromCatalogue } from '../../src/letta/drift.ts';
import { recogniseSchema } from '../../src/letta/recognise-schema.ts';
import type { Session } from '../../src/postgres/database.ts';
import { inOrder, schemaStatements } from '../../src/postgres/ddl.ts';
import { findHome, lookForHome } from '../../src/postgres/home.ts';
import { introspect } from '../../src/postgres/introspect.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { readRevisions } from '../../src/postgres/revisions.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { quoteIdent } from '../../src/schema/model.ts';
import { embedded, places, runAll } from '../schema/places.ts';
import { fixtureNames, loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';

const everywhere = await places();
const lettaTables = (schema: string) => [
  `CREATE SCHEMA IF NOT EXISTS ${schema}`,
  `CREATE TABLE ${schema}.alembic_version (version_num varchar(32))`,
  `CREATE TABLE ${schema}.agents (id text)`,
];

describe('a database that a real Letta server wrote', () => {
  for (const version of [15, 18] as const) {
    for (const name of fixtureNames) {
      it(`has no drift and nothing unknown (${name}, PostgreSQL ${version})`, async () => {
        const server = await testServer(version);
        const { name: database } = await loadFixture(server, name);
        const target = openDatabase(server.url(database));
        const session = await target.connect();
        try {
          const home = await findHome(session);
          assert.equal(home, name.includes('custom-layout') ? 'letta' : 'public');
          const model = await introspect(session, home);
          const revisions = await readRevisions(session, home);
          assert.deepEqual(driftFromCatalogue(model, revisions), []);
          assert.deepEqual(recogniseSchema(revisions, model), []);
          assert.deepEqual([model.others, model.schemas], [[], []]);
          assert.equal(model.tables.length, schemaAt(revisions[0] ?? '').tables.length);
          assert.deepEqual(
            model.extensions.map(({ name: extension, schema }) => [extension, schema]),
            [['vector', null]],
          );
        } finally {
          await session.close();
          await target.close();
          await server.dropDatabase(database);
        }
      });
    }
  }
});

describe('findHome', () => {
  it('finds the schema that holds Letta, whatever else there is', async () => {
    await embedded.inDatabase(async (session) => {
      assert.equal(await lookForHome(session), null);
      await assert.rejects(findHome(session), (error) => error instanceof LifeboatError && error.code === 'no-letta');
      // Another program's Alembic, and agents of another program, are no Letta.
      await runAll(session, [
        'CREATE TABLE public.alembic_version (version_num text)',
        'CREATE SCHEMA crm',
        'CREATE TABLE crm.agents (id text)',
      ]);
      assert.equal(await lookForHome(session), null);
      await runAll(session, lettaTables('letta'));
      assert.equal(await findHome(session), 'letta');
      await runAll(session, lettaTables('"Old, one"'));
      await assert.rejects(findHome(session), (error) => error instanceof LifeboatError && error.code === 'several-lettas');
      await session.query('ALTER DATABASE postgres SET search_path TO "$user", nowhere, "Old, one", letta');
      assert.equal(await findHome(session), 'Old, one');
    });
  });
});

describe('introspect', () => {
  it("leaves the caller's transaction, its snapshot and its settings as they were", async () => {
    await embedded.inDatabase(async (session) => {
      await runAll(session, lettaTables('letta'));
      const settings = async () =>
        (
          await session.query(
            `SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone, current_setting('transaction_isolation') AS isolation`,
          )
        )[0];
      await runAll(session, ['SET search_path TO nowhere, public', "SET TimeZone TO 'Asia/Tokyo'"]);
      const outside = await settings();
      await introspect(session, 'letta');
      assert.deepEqual(await settings(), outside);
      await runAll(session, ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', 'SET LOCAL search_path TO pg_catalog']);
      const inside = await settings();
      const id = async () => (await session.query('SELECT pg_current_snapshot()::text AS snapshot'))[0]?.snapshot;
      const snapshot = await id();
      await introspect(session, 'letta');
      assert.deepEqual([await settings(), await id()], [inside, snapshot]);
      await session.query('COMMIT');
      assert.deepEqual(await settings(), outside);
    });
  });

  it('writes the same text whatever the session is set to', async () => {
    await embedded.inDatabase(async (session) => {
      await runAll(session, [
        ...lettaTables('letta'),
        `ALTER TABLE letta.agents ADD at timestamptz DEFAULT '2020-06-01 12:00:00+02', ADD span interval DEFAULT '1 day 2 hours', ADD bytes bytea DEFAULT '\\x00ff', ADD "select" float8 DEFAULT 0.1`,
      ]);
      const plain = await introspect(session, 'letta');
      await runAll(session, [
        "SET TimeZone TO 'Asia/Tokyo'",
        "SET DateStyle TO 'German'",
        "SET IntervalStyle TO 'sql_standard'",
        "SET bytea_output TO 'escape'",
        'SET quote_all_identifiers TO on',
        'SET extra_float_digits TO 0',
        'SET search_path TO letta',
      ]);
      assert.deepEqual(await introspect(session, 'letta'), plain);
    });
  });

  it('fails with the error that was, and leaves a session that works', async () => {
    await embedded.inDatabase(async (session) => {
      const failing: Session = {
        ...bound(session),
        query: (sql, values) =>
          session.query(sql.includes('pg_publication') ? 'SELECT 1/0' : sql, sql.includes('pg_publication') ? [] : values),
      };
      await runAll(session, lettaTables('letta'));
      await assert.rejects(introspect(failing, 'letta'), /division by zero/);
      await session.query('BEGIN');
      await assert.rejects(introspect(failing, 'letta'), /division by zero/);
      await session.query('CREATE TABLE still_in_a_transaction ()');
      await session.query('COMMIT');
      assert.equal((await introspect(session, 'letta')).schemas.includes('public'), true);
    });
  });
});

function bound(session: Session): Session {
  return {
    query: (sql, values) => session.query(sql, values),
    copyOut: (sql) => session.copyOut(sql),
    copyIn: (sql, chunks) => session.copyIn(sql, chunks),
    close: () => session.close(),
    abort: () => session.abort(),
  };
}

/** A user's own objects of every kind that a plain server can make, each with the kinds and names that must be told. */
const others: { sql: string; told: string[]; without?: string }[] = [
  { sql: `CREATE DOMAIN email AS text COLLATE "C" DEFAULT 'x' NOT NULL CONSTRAINT at CHECK (VALUE ~ '@')`, told: ['domain email'] },
  { sql: 'CREATE TYPE pair AS (a integer, "B b" text COLLATE "C")', told: ['composite type pair'] },
  { sql: 'CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi)', told: ['range type span'] },
  {
    sql: 'CREATE FUNCTION twice(n integer, VARIADIC more text[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$SELECT n * 2$$',
    told: ['function twice(n integer, VARIADIC more text[])'],
  },
  { sql: 'CREATE PROCEDURE "do it"() LANGUAGE plpgsql AS $$BEGIN NULL; END$$', told: ['procedure do it()'] },
  { sql: 'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$', told: ['function touch()'] },
  { sql: 'CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer)', told: ['aggregate total(integer)'] },
  { sql: 'CREATE VIEW everyone WITH (security_barrier=true) AS SELECT id AS "Id" FROM agents', told: ['view everyone'] },
  { sql: 'CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM agents', told: ['materialized view counted'] },
  { sql: 'CREATE UNIQUE INDEX counted_n ON counted (n)', told: ['index of a materialized view counted_n'] },
  {
    sql: 'CREATE TRIGGER "on touch" BEFORE UPDATE ON agents FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION touch()',
    told: ['trigger on touch on agents'],
  },
  { sql: 'ALTER TABLE agents DISABLE TRIGGER "on touch"', told: ['trigger state on touch on agents'] },
  { sql: 'CREATE RULE quiet AS ON DELETE TO agents DO INSTEAD NOTHING', told: ['rule quiet on agents'] },
  { sql: `CREATE POLICY own ON agents FOR SELECT TO PUBLIC USING (id = 'x')`, told: ['policy own on agents'] },
  { sql: 'ALTER TABLE agents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', told: ['row level security agents'] },
  { sql: 'CREATE STATISTICS related ON id, name FROM agents', told: ['extended statistics related'] },
  { sql: 'CREATE TABLE parted (a integer) PARTITION BY RANGE (a)', told: ['partitioned table parted'] },
  { sql: 'CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)', told: ['partition parted_1 of parted'] },
  { sql: 'CREATE TABLE child (extra text) INHERITS (root)', told: ['inheritance child of root'] },
  { sql: 'CREATE UNLOGGED TABLE fleeting (a integer)', told: ['unlogged table fleeting'] },
  { sql: 'ALTER TABLE plain SET (fillfactor = 50, autovacuum_enabled = off)', told: ['storage options plain'] },
  { sql: 'ALTER TABLE plain REPLICA IDENTITY FULL', told: ['replica identity plain'] },
  { sql: 'ALTER TABLE plain CLUSTER ON plain_pkey', told: ['clustered index plain'] },
  {
    sql: 'ALTER TABLE plain ALTER COLUMN t SET STORAGE EXTERNAL, ALTER COLUMN t SET STATISTICS 100, ALTER COLUMN t SET (n_distinct = 5)',
    told: ['column storage plain.t'],
  },
  { sql: 'ALTER TABLE plain ADD CONSTRAINT apart EXCLUDE USING btree (t WITH =)', told: ['constraint apart on plain'] },
  { sql: 'ALTER TABLE plain ADD CONSTRAINT covering UNIQUE (t) INCLUDE (n)', told: ['constraint covering on plain'] },
  {
    sql: 'ALTER TABLE agents ADD COLUMN i integer GENERATED ALWAYS AS IDENTITY (START WITH 7 INCREMENT BY 3 CYCLE)',
    told: ['identity options agents.i'],
  },
  { sql: "CREATE COLLATION german (provider = libc, locale = 'C')", told: ['collation collation german'] },
  { sql: 'CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)', told: ['operator operator ===(text,text)'] },
  { sql: 'CREATE TEXT SEARCH CONFIGURATION mine (COPY = simple)', told: ['text search configuration text search configuration mine'] },
  {
    sql: 'CREATE CAST (pair AS integer) WITH FUNCTION pair_int(pair)',
    told: ['cast cast from pair to integer', 'function pair_int(p pair)'],
    without: 'CREATE FUNCTION pair_int(p pair) RETURNS integer LANGUAGE sql AS $$SELECT p.a$$',
  },
  { sql: 'CREATE FOREIGN DATA WRAPPER far', told: ['foreign-data wrapper foreign-data wrapper far'] },
  { sql: 'CREATE SERVER there FOREIGN DATA WRAPPER far', told: ['foreign server server there'] },
  { sql: 'CREATE USER MAPPING FOR PUBLIC SERVER there', told: ['user mapping public on there'] },
  { sql: 'CREATE FOREIGN TABLE distant (a integer) SERVER there', told: ['foreign table distant'] },
  { sql: 'CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN NULL; END$$', told: ['function watch()'] },
  {
    sql: `CREATE EVENT TRIGGER watching ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION watch()`,
    told: ['event trigger watching'],
  },
  { sql: 'CREATE PUBLICATION news FOR ALL TABLES', told: ['publication publication news'] },
  {
    sql: 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC',
    told: ['default privileges default privileges on new relations belonging to role postgres'],
  },
  { sql: `SELECT lo_from_bytea(0, '\\x00')`, told: ['large objects 1 in all'] },
  { sql: `COMMENT ON COLUMN agents.id IS 'who''s \\ id'`, told: ['comment column id of table agents'] },
  { sql: `COMMENT ON VIEW everyone IS 'all'`, told: ['comment view everyone'] },
];

describe('what the model does not say', () => {
  for (const place of everywhere) {
    it(`is told, with a definition that makes it again where there is one (${place.label})`, async () => {
      const base = [
        'CREATE SCHEMA "Le""tta"',
        'SET search_path TO "Le""tta", public',
        'CREATE TABLE agents (id text PRIMARY KEY, name text)',
        'CREATE TABLE plain (n integer PRIMARY KEY, t text)',
        'CREATE TABLE root (a integer NOT NULL CHECK (a > 0))',
      ];
      const model = await place.inDatabase(async (session) => {
        await runAll(session, base);
        for (const { sql, without } of others) await runAll(session, without === undefined ? [sql] : [without, sql]);
        return introspect(session, 'Le"tta');
      });
      const told = model.others.map(({ kind, name }) => `${kind} ${name}`);
      assert.deepEqual(told.toSorted(), others.flatMap((other) => other.told).toSorted());
      assert.ok(
        model.others.every(({ definition }) => definition === null || !definition.includes('Le""tta')),
        'a definition names its home',
      );
      assert.ok(!JSON.stringify(model.tables).includes('covering'));

      // Everything with a definition is made again from nothing else, tried again as long as something succeeds.
      const again = await place.inDatabase(async (session) => {
        const home = 'An other';
        await runAll(session, [`CREATE SCHEMA ${quoteIdent(home)}`, `SET search_path TO ${quoteIdent(home)}, public`]);
        const { preObjects, postObjects, ...statements } = schemaStatements(model, home, { withObjects: true });
        await insist(session, preObjects);
        await runAll(session, inOrder({ ...statements, preObjects: [], postObjects: [] }));
        const failed = await insist(session, postObjects);
        // The partitioned table has no definition, so its partition stays a plain table.
        assert.deepEqual(
          failed.map((sql) => sql.slice(0, 40)),
          ['ALTER TABLE ONLY parted ATTACH PARTITION'],
        );
        return introspect(session, home);
      });
      const made = model.others.filter(({ definition, kind }) => definition !== null && kind !== 'partition');
      assert.deepEqual(
        again.others.filter(({ definition }) => definition !== null),
        made,
      );
      assert.deepEqual(again.tables, model.tables);
    });
  }
});

async function insist(session: Session, statements: readonly string[]): Promise<string[]> {
  let left = [...statements];
  for (;;) {
    const failed: string[] = [];
    for (const sql of left) await session.query(sql).catch(() => failed.push(sql));
    if (failed.length === left.length || failed.length === 0) return failed;
    left = failed;
  }
}

describe('PostgreSQL 18 alone', () => {
  it('has constraints and columns that the model takes as what they mean', async () => {
    await embedded.inDatabase(async (session) => {
      await runAll(session, [
        'CREATE SCHEMA letta',
        'SET search_path TO letta, public',
        'CREATE TABLE t (a integer, b integer PRIMARY KEY, v integer GENERATED ALWAYS AS (b * 2) VIRTUAL, during int4range)',
        'ALTER TABLE t ADD CONSTRAINT nearly NOT NULL a NOT VALID',
        'ALTER TABLE t ADD CONSTRAINT loose CHECK (a > 0) NOT ENFORCED',
        'ALTER TABLE t ADD CONSTRAINT self FOREIGN KEY (a) REFERENCES t (b) NOT ENFORCED',
      ]);
      const model = await introspect(session, 'letta');
      const [table] = model.tables;
      assert.deepEqual(
        table?.columns.map(({ name, notNull, generated }) => [name, notNull, generated]),
        [
          ['a', false, null],
          ['b', true, null],
          ['v', false, '(b * 2)'],
          ['during', false, null],
        ],
      );
      assert.deepEqual([table?.checks, table?.foreignKeys], [[], []]);
      assert.deepEqual(
        model.others.map(({ kind, name, definition }) => [kind, name, definition]),
        [
          ['constraint', 'loose on t', 'ALTER TABLE t ADD CONSTRAINT loose CHECK ((a > 0)) NOT ENFORCED'],
          ['constraint', 'nearly on t', 'ALTER TABLE t ADD CONSTRAINT nearly NOT NULL a NOT VALID'],
          ['constraint', 'self on t', 'ALTER TABLE t ADD CONSTRAINT self FOREIGN KEY (a) REFERENCES t(b) NOT ENFORCED'],
          ['virtual generated column', 't.v', null],
        ],
      );
    });
  });
});
