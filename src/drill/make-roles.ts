import { connectMaintenance } from '../postgres/maintenance.ts';
import { quoteIdent } from '../schema/model.ts';
import type { Manifest } from '../vault/manifest.ts';
import { readSchemaObject } from '../vault/schema-object.ts';
import type { Vault } from '../vault/vault.ts';
import type { Throwaway } from './throwaway.ts';

/**
 * Gives a PostgreSQL of the drill's own the roles that own the snapshot's objects or have rights on them, without login:
 * so owners and grants are rehearsed too. A server that belongs to somebody gets no roles from a drill.
 */
export async function makeRoles({ kind, database }: Throwaway, vault: Vault, manifest: Manifest): Promise<void> {
  if (kind === 'server') return;
  const { grants } = await readSchemaObject(vault, manifest);
  const wanted = new Set(grants.flatMap(({ owner, acl }) => [owner, ...acl.map(({ grantee }) => grantee)]));
  const place = database.capabilities.createDatabase
    ? await connectMaintenance(database)
    : { session: await database.connect(), database: null };
  try {
    const there = new Set((await place.session.query('select rolname from pg_roles')).map(({ rolname }) => rolname));
    // Names that begin with pg_ are PostgreSQL's own: it refuses them.
    for (const role of wanted)
      if (role !== '' && !role.startsWith('pg_') && !there.has(role)) await place.session.query(`create role ${quoteIdent(role)} nologin`);
  } finally {
    await place.session.close();
    await place.database?.close();
  }
}
