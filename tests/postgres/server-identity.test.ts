import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIdentity } from '../../src/postgres/identity.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { testServers } from '../support/postgres.ts';

test('identity, on every version, without a transaction id, also for a login that may ask little', async () => {
  for (const server of await testServers()) {
    await using created = await server.createDatabase({
      vector: true,
      clauses: `TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`,
      settings: { search_path: 'letta, public', work_mem: `'8MB'` },
    });
    const session = await openDatabase(created.url).connect();
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const identity = await readIdentity(session, 'letta');
    const [own] = await session.query(
      'SELECT pg_current_xact_id_if_assigned() AS xid, system_identifier AS system FROM pg_control_system()',
    );
    assert.equal(own?.xid, null);
    assert.match(identity.lsn, /^[0-9A-F]+\/[0-9A-F]+$/);
    assert.match(identity.postmasterStart, /^20\d\d-.*\+00$/);
    assert.ok(Number(identity.xid8) > 3 && Number(identity.timeline) >= 1 && Number(identity.databaseOid) > 0);
    assert.ok(identity.postgres.startsWith(`${server.major}.`), identity.postgres);
    const {
      systemIdentifier,
      database,
      extensions,
      home,
      layout,
      publicExists,
      settings,
      encoding,
      collate,
      ctype,
      localeProvider,
      owner,
    } = identity;
    assert.deepEqual(
      {
        systemIdentifier,
        database,
        home,
        layout,
        publicExists,
        settings,
        encoding,
        collate,
        ctype,
        localeProvider,
        owner,
        vector: extensions.vector,
      },
      {
        systemIdentifier: own?.system,
        database: created.name,
        home: 'letta',
        layout: 'schema',
        publicExists: true,
        settings: { search_path: 'letta, public', work_mem: '8MB' },
        encoding: 'UTF8',
        collate: 'C',
        ctype: 'C',
        localeProvider: 'libc',
        owner: 'postgres',
        vector: server.pgvector,
      },
    );
    await session.query('ROLLBACK');

    await session.query(
      `REVOKE EXECUTE ON FUNCTION pg_control_system(), pg_control_checkpoint() FROM public; CREATE ROLE "${created.name}" LOGIN`,
    );
    const stranger = await openDatabase(server.url(created.name, created.name)).connect();
    await stranger.query('BEGIN READ ONLY');
    assert.equal((await readIdentity(stranger, 'letta')).systemIdentifier, '');
    assert.equal((await stranger.query('SELECT 1 AS a'))[0]?.a, '1');
    await stranger.close();
    await session.query(`GRANT EXECUTE ON FUNCTION pg_control_system(), pg_control_checkpoint() TO public; DROP ROLE "${created.name}"`);
    await session.close();
  }
});
