import type { Session } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { testServers } from '../support/postgres.ts';

/** Somewhere to try schemas: each PostgreSQL of this machine, and the embedded one. */
export interface Place {
  label: string;
  /** Runs work in an empty database of its own; pgvector is in `public` unless said otherwise. */
  inDatabase<T>(work: (session: Session, name: string) => Promise<T>, options?: { vector?: boolean }): Promise<T>;
}

let made = 0;

/** All of them, oldest first, embedded last. */
export async function places(): Promise<Place[]> {
  const servers = (await testServers()).map(
    (server): Place => ({
      label: `PostgreSQL ${server.label}`,
      inDatabase: async (work, { vector = true } = {}) => {
        const { name } = await server.createDatabase({ vector });
        try {
          return await withSession(server.url(name), (session) => work(session, name));
        } finally {
          await server.dropDatabase(name);
        }
      },
    }),
  );
  return [...servers, embedded];
}

export const embedded: Place = {
  label: 'embedded',
  inDatabase: (work, { vector = true } = {}) =>
    withSession(`pglite:memory://schema-${process.pid}-${++made}`, async (session) => {
      if (vector) await session.query('CREATE EXTENSION vector');
      return work(session, 'postgres');
    }),
};

async function withSession<T>(target: string, work: (session: Session) => Promise<T>): Promise<T> {
  const database = openDatabase(target, { create: true });
  const session = await database.connect();
  try {
    return await work(session);
  } finally {
    await session.close();
    await database.close();
  }
}

/** Runs statements one after the other. */
export async function runAll(session: Session, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    try {
      await session.query(statement);
    } catch (error) {
      throw new Error(`${statement}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}
