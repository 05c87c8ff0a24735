import type { PGlite } from '@electric-sql/pglite';
import type pg from 'pg';
import type { Session, TextRow } from '../../src/postgres/database.ts';

type Values = Parameters<Session['query']>[1];

/** As much of a Session as schemas need, over whatever a test has open; values come as PostgreSQL's text. */
function textSession(query: (sql: string, values: Values) => Promise<TextRow[]>): Session {
  const unused = () => {
    throw new Error('schemas need queries only');
  };
  return { query: (sql, values = []) => query(sql, values), copyOut: unused, copyIn: unused, close: async () => {}, abort: () => {} };
}

export function serverSession(client: pg.Client): Session {
  const types = { getTypeParser: () => (text: string) => text };
  return textSession(async (text, values) => (await client.query({ text, values: [...(values ?? [])], types } as pg.QueryConfig)).rows as TextRow[]);
}

export function embeddedSession(database: PGlite): Session {
  const parsers = Object.fromEntries(Object.keys(database.parsers).map((oid) => [oid, (text: string) => text]));
  return textSession(async (sql, values) => (await database.query(sql, values?.map((value) => (value === null ? null : String(value))), { parsers })).rows as TextRow[]);
}
