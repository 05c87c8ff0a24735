import type { Session } from '../postgres/database.ts';
import type { DatabaseModel } from '../schema/model.ts';
import { quoteIdent, quoteLiteral } from '../schema/model.ts';

/** Home, the other schemas, the extensions; `public` goes when the source had none (Letta's Docker layout drops it). */
export async function createSchemas(session: Session, home: string, model: DatabaseModel, publicExists: boolean): Promise<void> {
  for (const schema of new Set([home, ...model.schemas, ...model.extensions.flatMap((each) => each.schema ?? [])])) {
    if (schema.startsWith('pg_')) continue;
    await session.query(`create schema if not exists ${quoteIdent(schema)}`);
  }
  for (const extension of model.extensions) {
    const schema = extension.schema ?? home;
    const placed = schema.startsWith('pg_') ? '' : ` with schema ${quoteIdent(schema)}`;
    await session.query(`create extension if not exists ${quoteIdent(extension.name)}${placed}`);
  }
  if (home !== 'public' && !publicExists && !model.schemas.includes('public')) await session.query('drop schema if exists public');
}

/** Names in stored definitions are relative to home and to the extensions' schemas: this makes them mean that here. */
export async function relativeToHome(session: Session, home: string, model: DatabaseModel): Promise<void> {
  const path = [home, ...model.extensions.map((each) => each.schema ?? home)].filter((schema) => !schema.startsWith('pg_'));
  await session.query(`select set_config('search_path', ${quoteLiteral([...new Set(path)].map(quoteIdent).join(', '))}, false)`);
}
