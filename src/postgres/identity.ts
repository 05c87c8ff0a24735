import type { DatabaseIdentity } from '../schema/identity.ts';
import { quoteLiteral } from '../schema/model.ts';
import type { Session } from './database.ts';

/** Reads it without assigning a transaction id, on a primary, a replica or embedded. `home` is the schema of Letta's tables. */
export async function readIdentity(session: Session, home: string): Promise<DatabaseIdentity> {
  const [facts] = await session.query(`
    SELECT d.datname AS name, d.oid::text AS oid, split_part(current_setting('server_version'), ' ', 1) AS version,
           pg_encoding_to_char(d.encoding) AS encoding, coalesce(d.datcollate, '') AS collate, coalesce(d.datctype, '') AS ctype,
           CASE d.datlocprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu:' WHEN 'b' THEN 'builtin:' ELSE d.datlocprovider::text END
             || CASE d.datlocprovider WHEN 'c' THEN '' ELSE coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', '') END AS provider,
           pg_get_userbyid(d.datdba) AS owner, pg_postmaster_start_time()::text AS started,
           pg_snapshot_xmax(pg_current_snapshot())::text AS xid8, pg_is_in_recovery() AS replica,
           has_function_privilege('pg_catalog.pg_control_system()', 'execute') AS may_system,
           has_function_privilege('pg_catalog.pg_control_checkpoint()', 'execute') AS may_checkpoint,
           EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public') AS has_public
      FROM pg_database d WHERE d.datname = current_database()`);
  const fact = (name: string) => facts?.[name] ?? '';

  const replica = facts?.replica === 't';
  const [wal] = await session.query(`SELECT ${replica ? 'pg_last_wal_replay_lsn()' : 'pg_current_wal_lsn()'}::text AS lsn`);
  // A denied function would abort the transaction whose snapshot we depend on: ask first.
  const [system] = fact('may_system') === 't' ? await session.query('SELECT system_identifier::text AS id FROM pg_control_system()') : [];
  const [checkpoint] =
    fact('may_checkpoint') === 't' ? await session.query('SELECT timeline_id::text AS id FROM pg_control_checkpoint()') : [];
  const extensions = await session.query('SELECT extname, extversion FROM pg_extension ORDER BY extname COLLATE "C"');
  const settings = await session.query(`
    SELECT left(each, strpos(each, '=') - 1) AS name, substr(each, strpos(each, '=') + 1) AS value
      FROM pg_db_role_setting, unnest(setconfig) AS each
     WHERE setrole = 0 AND setdatabase = ${quoteLiteral(fact('oid'))}::oid ORDER BY 1`);

  return {
    systemIdentifier: system?.id ?? '',
    timeline: checkpoint?.id ?? '',
    database: fact('name'),
    databaseOid: fact('oid'),
    postgres: fact('version'),
    extensions: Object.fromEntries(extensions.map((row) => [row.extname ?? '', row.extversion ?? ''])),
    home,
    layout: home === 'public' ? 'public' : 'schema',
    publicExists: facts?.has_public === 't',
    settings: Object.fromEntries(settings.map((row) => [row.name ?? '', row.value ?? ''])),
    encoding: fact('encoding'),
    collate: fact('collate'),
    ctype: fact('ctype'),
    localeProvider: fact('provider'),
    owner: fact('owner'),
    postmasterStart: fact('started'),
    xid8: fact('xid8'),
    lsn: wal?.lsn ?? '',
  };
}
