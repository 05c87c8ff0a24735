import type { EnumModel, ExtensionModel } from '../schema/model.ts';
import type { Session } from './database.ts';
import { notOfExtension, ofUser } from './introspect-sql.ts';

type Relative = (schema: string | null | undefined) => string | null;

/** plpgsql is in every database and says nothing. */
export async function readExtensions(session: Session, relative: Relative): Promise<ExtensionModel[]> {
  const rows = await session.query(`
    SELECT x.extname AS name, x.extversion AS version, n.nspname AS schema
      FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
     WHERE x.extname <> 'plpgsql'
     ORDER BY x.extname COLLATE "C"`);
  return rows.map((row) => ({ name: row.name ?? '', version: row.version ?? '', schema: relative(row.schema) }));
}

/** Schemas that a user made, and `public` only when something of a user's is in it (every new database has an empty one). */
export async function readSchemas(session: Session): Promise<string[]> {
  const inside = (catalogue: string, namespace: string) =>
    `EXISTS (SELECT FROM pg_catalog.${catalogue} o WHERE o.${namespace} = n.oid AND ${notOfExtension(catalogue, 'o.oid')})`;
  const rows = await session.query(`
    SELECT n.nspname AS name FROM pg_catalog.pg_namespace n
     WHERE ${ofUser} AND ${notOfExtension('pg_namespace', 'n.oid')}
       AND (n.nspname <> 'public' OR ${inside('pg_class', 'relnamespace')} OR ${inside('pg_proc', 'pronamespace')}
            OR EXISTS (SELECT FROM pg_catalog.pg_type o WHERE o.typnamespace = n.oid AND o.typelem = 0 AND ${notOfExtension('pg_type', 'o.oid')}))`);
  return rows.flatMap((row) => row.name ?? []);
}

export async function readEnums(session: Session, relative: Relative): Promise<EnumModel[]> {
  const rows = await session.query(`
    SELECT n.nspname AS schema, t.typname AS name,
           (SELECT coalesce(pg_catalog.json_agg(l.enumlabel ORDER BY l.enumsortorder), '[]')::text FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid) AS labels
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     WHERE t.typtype = 'e' AND ${ofUser} AND ${notOfExtension('pg_type', 't.oid')}`);
  return rows.map((row) => ({ schema: relative(row.schema), name: row.name ?? '', labels: JSON.parse(row.labels ?? '[]') as string[] }));
}
