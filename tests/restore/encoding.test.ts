import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { fixtureScript } from '../support/fixtures.ts';
import { TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

/** Bytes are kept, whatever the database takes them for; and the new database takes them for the same. */
describe('encoding and collation', () => {
  let server: TestServer;
  let held: TestVault;
  before(async () => {
    server = await testServer();
    held = await TestVault.create();
  });
  after(() => held[Symbol.asyncDispose]());

  for (const { encoding, clauses } of [
    { encoding: 'SQL_ASCII', clauses: `template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'` },
    { encoding: 'LATIN1', clauses: `template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'` },
    { encoding: 'UTF8', clauses: `template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'` },
  ]) {
    it(`fault 32: ${encoding} comes back as ${encoding}, byte for byte`, async () => {
      await using source = await server.createDatabase({ clauses });
      // LATIN1 has no letters for some of the fixture's; its tables alone will do there.
      const script = fixtureScript('letta-0.11.3');
      await server.psql(source.name, encoding === 'LATIN1' ? script.replace(/^COPY [\s\S]*?^\\\.$/gm, '') : script);
      if (encoding === 'LATIN1') await source.query("insert into alembic_version values ('5fb8bba2c373')");
      await source.query('create table odd (id int primary key, value text, document json)');
      const bytes = encoding === 'UTF8' ? `convert_from('\\xc3a9f09f9a92', 'UTF8')` : `convert_from('\\xe9fc', 'LATIN1')`;
      if (encoding === 'SQL_ASCII')
        await server.psql(
          source.name,
          `\\encoding SQL_ASCII\ninsert into odd values (1, E'\\xe9\\xff\\xfe', '{"a": "\\\\u0000\\\\ud800"}');`,
        );
      else await source.query(`insert into odd values (1, ${bytes}, '{"a": "\\u0000\\ud800"}')`);

      const { ref } = await backUp(source.url, held.vault);
      await using restored = new TestDatabase(server, `${source.name}_r`);
      const result = await restoreTo(restored.url, held.vault, ref);
      assert.deepEqual([result.comparison?.differences, result.drift], [[], []]);
      const facts = async (database: TestDatabase) =>
        await server.query(`select pg_encoding_to_char(encoding) as encoding, datcollate, datctype from pg_database where datname = $1`, [
          database.name,
        ]);
      assert.deepEqual(await facts(restored), await facts(source));
      // md5 sees the bytes as they are stored, without a conversion for this client.
      const bytesOf = (database: TestDatabase) =>
        database.query('select md5(value) as value, length(value) as length, document::text as document from odd');
      assert.deepEqual(await bytesOf(restored), await bytesOf(source));
    });
  }
});
