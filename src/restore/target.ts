import { parseMark, type RestoreMark } from '../postgres/build-mark.ts';
import { contentsOf } from '../postgres/contents.ts';
import type { Database, Session } from '../postgres/database.ts';
import { forALook } from '../postgres/for-a-look.ts';
import { LifeboatError } from '../report/errors.ts';
import { quoteIdent, quoteLiteral } from '../schema/model.ts';
import type { Manifest } from '../vault/manifest.ts';

/** What is known about the place to restore to, before anything is changed. */
export interface Target {
  name: string;
  server: { systemIdentifier: string; version: number; versionText: string; superuser: boolean; createDatabase: boolean; role: string };
  /** null: the database does not exist yet. */
  existing: {
    mark: RestoreMark | null;
    encoding: string;
    collate: string;
    connections: number;
    contents: string[];
    /** Names of the extensions that are in it. */
    installed: string[];
  } | null;
  /** Versions of extensions that could be created here, name → default version; trusted ones need no superuser. */
  extensions: Map<string, { version: string; trusted: boolean }>;
  roles: Set<string>;
}

/**
 * Keeps two restores from building the same database at once: between one's CREATE DATABASE and its first session,
 * another would take the mark `incomplete` for something that was left behind. Ends with the session.
 * @throws LifeboatError target-in-use
 */
export async function claimTarget(maintenance: Session, name: string): Promise<void> {
  const [row] = await maintenance.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as free', [`lifeboat restore ${name}`]);
  if (row?.free !== 't') throw new LifeboatError('target-in-use', { database: name, connections: 1 });
}

/**
 * Looks at the target without changing it. `maintenance` is a session in another database of the same server; an
 * embedded database has none and is asked itself.
 */
export async function inspectTarget(database: Database, maintenance: Session | null): Promise<Target> {
  if (maintenance) return await lookAt(database, database.name, maintenance);
  const looked = forALook(database);
  const session = await looked.connect();
  try {
    const [current] = await session.query('select current_database() as name');
    return await lookAt(database, current?.name ?? '', session);
  } finally {
    await session.close();
    if (looked !== database) await looked.close();
  }
}

async function lookAt(database: Database, name: string, maintenance: Session): Promise<Target> {
  const [server] = await maintenance.query(`
    select (select system_identifier from pg_control_system())::text as system, current_setting('server_version_num') as version,
           current_setting('server_version') as version_text, r.rolsuper as superuser, r.rolcreatedb as createdb, r.rolname as role
      from pg_roles r where r.rolname = current_user`);
  const extensions = await maintenance.query(`
    select e.name, e.default_version, coalesce(bool_or(v.trusted), false) as trusted
      from pg_available_extensions e left join pg_available_extension_versions v on v.name = e.name and v.version = e.default_version
     group by 1, 2`);
  const roles = await maintenance.query('select rolname from pg_roles');
  const [existing] = await maintenance.query(
    `select d.oid::text, shobj_description(d.oid, 'pg_database') as comment, pg_encoding_to_char(d.encoding) as encoding, d.datcollate as collate,
            (select count(*) from pg_stat_activity a where a.datid = d.oid and a.pid <> pg_backend_pid())::text as connections
       from pg_database d where d.datname = $1`,
    [name],
  );
  return {
    name: database.name,
    server: {
      systemIdentifier: server?.system ?? '',
      version: Number(server?.version ?? 0),
      versionText: server?.version_text ?? '',
      superuser: server?.superuser === 't',
      createDatabase: server?.superuser === 't' || server?.createdb === 't',
      role: server?.role ?? '',
    },
    existing: existing
      ? {
          mark: parseMark(existing.comment ?? null),
          encoding: existing.encoding ?? '',
          collate: existing.collate ?? '',
          connections: Number(existing.connections ?? 0),
          ...(await insideOf(database, maintenance)),
        }
      : null,
    extensions: new Map(extensions.map((row) => [row.name ?? '', { version: row.default_version ?? '', trusted: row.trusted === 't' }])),
    roles: new Set(roles.map((row) => row.rolname ?? '')),
  };
}

async function insideOf(database: Database, maintenance: Session): Promise<{ contents: string[]; installed: string[] }> {
  if (!database.capabilities.createDatabase) return await lookInside(maintenance);
  const session = await database.connect();
  try {
    return await lookInside(session);
  } finally {
    await session.close();
  }
}

async function lookInside(session: Session): Promise<{ contents: string[]; installed: string[] }> {
  const contents = await contentsOf(session);
  const installed = await session.query('select extname from pg_extension');
  return { contents, installed: installed.map(({ extname }) => extname ?? '') };
}

/** Whether the target is the very database that the snapshot was taken from. */
export function isSource(manifest: Manifest, target: Target): boolean {
  return (
    target.existing !== null &&
    target.server.systemIdentifier !== '' &&
    manifest.source.systemIdentifier === target.server.systemIdentifier &&
    manifest.source.database === target.name
  );
}

/** Creates the target as its snapshot's database was: encoding and collation from the snapshot, nothing inherited from template1. */
export function createDatabaseSql(name: string, source: Manifest['source'], locale: 'source' | 'default'): string {
  const parts = [`create database ${quoteIdent(name)} template template0 encoding ${quoteLiteral(source.encoding)}`];
  if (locale === 'source' && source.localeProvider === 'libc')
    parts.push(`locale_provider libc lc_collate ${quoteLiteral(source.collate)} lc_ctype ${quoteLiteral(source.ctype)}`);
  return parts.join(' ');
}
