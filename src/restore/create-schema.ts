import type { Session } from '../postgres/database.ts';
import { sqlState } from '../postgres/sql-state.ts';
import type { Warning } from '../report/progress.ts';
import type { DatabaseModel } from '../schema/model.ts';
import { quoteIdent, quoteLiteral } from '../schema/model.ts';

/** Home, the other schemas, the extensions; `public` goes when the source had none (Letta's Docker layout drops it). */
export async function createSchemas(session: Session, home: string, model: DatabaseModel, publicExists: boolean): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const schema of new Set([home, ...model.schemas, ...model.extensions.flatMap((each) => each.schema ?? [])])) {
    if (schema.startsWith('pg_')) continue;
    await session.query(`create schema if not exists ${quoteIdent(schema)}`);
  }
  for (const extension of model.extensions) {
    const schema = extension.schema ?? home;
    const placed = schema.startsWith('pg_') ? '' : ` with schema ${quoteIdent(schema)}`;
    await session.query(`create extension if not exists ${quoteIdent(extension.name)}${placed}`);
    if (placed !== '') warnings.push(...(await placeExtension(session, extension.name, schema)));
  }
  const [inPublic] = await session.query(`select 1 from pg_extension where extnamespace = to_regnamespace('public')`);
  if (home !== 'public' && !publicExists && !model.schemas.includes('public') && !inPublic)
    await session.query('drop schema if exists public');
  return warnings;
}

/** An empty target may hold the extension already, put anywhere by whoever had the right to create it. */
async function placeExtension(session: Session, name: string, schema: string): Promise<Warning[]> {
  const [found] = await session.query(
    'select n.nspname from pg_extension x join pg_namespace n on n.oid = x.extnamespace where x.extname = $1',
    [name],
  );
  if (!found || found.nspname === schema) return [];
  try {
    await session.query(`alter extension ${quoteIdent(name)} set schema ${quoteIdent(schema)}`);
    return [];
  } catch (error) {
    if (sqlState(error) === null) throw error;
    const message = `extension ${name} stays in schema ${found.nspname} instead of ${schema}, where the search_path of the database may not find it: ${(error as Error).message}`;
    return [{ code: 'extension-elsewhere', message, partial: true }];
  }
}

/** Names in stored definitions are relative to home and to the extensions' schemas: this makes them mean that here. */
export async function relativeToHome(session: Session, home: string, model: DatabaseModel): Promise<void> {
  const found = await session.query(
    'select n.nspname from pg_extension x join pg_namespace n on n.oid = x.extnamespace order by x.extname',
  );
  const path = [home, ...model.extensions.map((each) => each.schema ?? home), ...found.map(({ nspname }) => nspname ?? home)].filter(
    (schema) => !schema.startsWith('pg_'),
  );
  await session.query(`select set_config('search_path', ${quoteLiteral([...new Set(path)].map(quoteIdent).join(', '))}, false)`);
}
