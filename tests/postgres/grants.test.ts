import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Session } from '../../src/postgres/database.ts';
import { grantStatements } from '../../src/postgres/grant-statements.ts';
import { applyGrants, readGrants } from '../../src/postgres/grants.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { quoteIdent } from '../../src/schema/model.ts';
import { runAll } from '../schema/places.ts';
import { type TestServer, testServer } from '../support/postgres.ts';

describe('owners and grants', () => {
  let server: TestServer;
  const unique = randomBytes(4).toString('hex');
  const [owner, reader] = [`Own "er" ${unique}`, `reader_${unique}`];
  const roles = [owner, reader];
  const databases: string[] = [];

  before(async () => {
    server = await testServer();
    for (const role of roles) await server.query(`CREATE ROLE ${quoteIdent(role)}`);
  });
  after(async () => {
    for (const name of databases) await server.dropDatabase(name);
    for (const role of roles) await server.query(`DROP ROLE ${quoteIdent(role)}`);
  });

  const tables = (home: string): string[] => [
    `CREATE SCHEMA ${home}`,
    `CREATE TABLE ${home}."Ta ""ble" (id integer, "se cret" text)`,
    `CREATE SEQUENCE ${home}.seq`,
    `CREATE TYPE ${home}.mood AS ENUM ('a')`,
    'CREATE SCHEMA other',
    'CREATE TABLE other.t (a integer GENERATED ALWAYS AS IDENTITY)',
    `CREATE TABLE ${home}.numbered (id serial)`,
  ];

  async function inNewDatabase<T>(work: (session: Session, name: string) => Promise<T>): Promise<T> {
    const { name } = await server.createDatabase();
    databases.push(name);
    const database = openDatabase(server.url(name));
    const session = await database.connect();
    try {
      return await work(session, name);
    } finally {
      await session.close();
      await database.close();
    }
  }

  const granted = () =>
    inNewDatabase(async (session, name) => {
      const role = quoteIdent(owner);
      await runAll(session, [
        ...tables('home'),
        `CREATE VIEW home.v AS SELECT 1 AS a`,
        `GRANT SELECT ON home.v TO ${reader}`,
        `ALTER TABLE home."Ta ""ble" OWNER TO ${role}`,
        `GRANT SELECT, INSERT ON home."Ta ""ble" TO ${reader}`,
        `GRANT UPDATE ON home."Ta ""ble" TO ${reader} WITH GRANT OPTION`,
        `GRANT REFERENCES ("se cret") ON home."Ta ""ble" TO PUBLIC`,
        `GRANT USAGE ON SEQUENCE home.seq TO ${reader}`,
        `ALTER TABLE home.numbered OWNER TO ${role}`,
        `GRANT USAGE ON SEQUENCE home.numbered_id_seq TO ${reader}`,
        `REVOKE ALL ON TYPE home.mood FROM PUBLIC`,
        `GRANT USAGE ON SCHEMA home, other TO ${reader}`,
        `REVOKE ALL ON DATABASE ${quoteIdent(name)} FROM PUBLIC`,
        `GRANT CONNECT ON DATABASE ${quoteIdent(name)} TO ${reader}`,
        `ALTER SCHEMA other OWNER TO ${role}`,
      ]);
      return readGrants(session, 'home');
    });

  it('are read by name, apply to another home and database, and read back the same', async () => {
    const grants = await granted();
    assert.deepEqual(
      grants.find(({ kind, schema }) => kind === 'table' && schema === null),
      {
        kind: 'table',
        schema: null,
        name: 'Ta "ble',
        owner,
        acl: [
          { grantee: owner, privileges: grants.find(({ name }) => name === 'Ta "ble')?.acl[0]?.privileges ?? [], grantable: [] },
          { grantee: reader, privileges: ['INSERT', 'SELECT', 'UPDATE'], grantable: ['UPDATE'] },
        ],
      },
    );
    await inNewDatabase(async (session, name) => {
      await runAll(session, tables('"An other"'));
      assert.deepEqual(
        await applyGrants(session, 'An other', name, grants, new Set([...roles, 'postgres', 'pg_database_owner']), null),
        [],
      );
      const again = await readGrants(session, 'An other');
      assert.deepEqual(
        again,
        grants.filter(({ kind }) => kind !== 'view'),
      );
    });
  });

  it('name the roles that do not exist here, once', async () => {
    const grants = await granted();
    await inNewDatabase(async (session, name) => {
      await runAll(session, tables('home'));
      const warnings = await applyGrants(session, 'home', name, grants, new Set(['postgres']), null);
      assert.deepEqual(warnings.map(({ code, partial }) => [code, partial]).sort(), [
        ['role-missing', false],
        ['role-missing', false],
        ['role-missing', true],
      ]);
      assert.ok(warnings.some(({ message }) => message.includes(quoteIdent(reader))));
    });
  });

  it('keep the owner that was asked for', async () => {
    const { statements, missing } = grantStatements(await granted(), {
      home: 'home',
      database: 'd',
      roles: new Set([reader]),
      withOwners: false,
      following: new Set(),
    });
    assert.ok(!statements.some(({ sql }) => sql.includes('OWNER')));
    assert.deepEqual(
      missing.filter(({ asOwner }) => asOwner),
      [],
    );
  });

  it('from a vault hold nothing but names and known words', () => {
    const evil = '"; DROP TABLE x; --';
    const { statements } = grantStatements(
      [
        {
          kind: 'table',
          schema: evil,
          name: evil,
          owner: evil,
          acl: [{ grantee: evil.slice(1), privileges: ['SELECT', 'SELECT ON x TO y; DROP TABLE z'], grantable: [] }],
        },
        { kind: 'column', schema: null, name: 'x; DROP', owner: 'a', acl: [{ grantee: '', privileges: ['SELECT'], grantable: [] }] },
        { kind: 'evil', schema: null, name: 'x', owner: 'a', acl: [] },
      ],
      { home: 'h', database: 'd', roles: new Set([evil, evil.slice(1)]), withOwners: true, following: new Set() },
    );
    assert.deepEqual(
      statements.map(({ sql }) => sql.replace(/"(?:[^"]|"")*"/g, 'N')),
      ['ALTER TABLE N.N OWNER TO N', 'REVOKE ALL ON TABLE N.N FROM PUBLIC', 'GRANT SELECT ON TABLE N.N TO N'],
    );
  });
});
