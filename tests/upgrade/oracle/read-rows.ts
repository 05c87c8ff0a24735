import pg from 'pg';
import { decryptSecret } from '../../../src/letta/secret.ts';
import { fixtureEncryptionKey } from '../../support/fixtures.ts';
import { type TestDatabase, withClient } from '../../support/postgres.ts';

/** A table with all its rows, values as text. */
export interface TableRows {
  /** Column → its type. */
  columns: Map<string, string>;
  /** By primary key (by the whole row where there is none): `tool-1 | agent-1`. */
  rows: Map<string, Row>;
}
export type Row = Record<string, string | null>;

/** Reads every table of a schema. Ciphertexts differ each time they are made: they are given as what they decrypt to. */
export function readRows(database: TestDatabase, schema = 'public'): Promise<Map<string, TableRows>> {
  return withClient(database.url, async (client) => {
    await client.query(`${settings}; set search_path to ${quote(schema)}`);
    const tables = new Map<string, TableRows>();
    for (const name of await tableNames(client)) tables.set(name, await readTable(client, name));
    tables.set('(sequences)', await readSequences(client));
    return tables;
  });
}

/** Keys of the rows of a table that fulfil an SQL condition over `t`. */
export function keysWhere(database: TestDatabase, table: string, where: string): Promise<Set<string>> {
  return withClient(database.url, async (client) => {
    await client.query(settings);
    const key = keySql(await keyColumns(client, table));
    const { rows } = await client.query<{ key: string }>(`select ${key} as key from ${quote(table)} t where ${where}`);
    return new Set(rows.map((row) => row.key));
  });
}

const known = new Map<string, Promise<string | null>>();

/** Opening is slow by design of the format: once per ciphertext. */
function opened(ciphertext: string): Promise<string | null> {
  const secret = known.get(ciphertext) ?? decryptSecret(ciphertext, fixtureEncryptionKey);
  known.set(ciphertext, secret);
  return secret;
}

const settings = `set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set extra_float_digits = 1; set search_path to public`;
const quote = (name: string) => pg.escapeIdentifier(name);

async function tableNames(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') order by relname collate "C"`,
  );
  return rows.map(({ name }) => name);
}

async function readTable(client: pg.Client, name: string): Promise<TableRows> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = quote_ident($1)::regclass and attnum > 0 and not attisdropped order by attnum`,
    [name],
  );
  const key = keySql(await keyColumns(client, name));
  const values = columns.map((column) => `t.${quote(column.name)}::text as ${quote(column.name)}`);
  const answer = await client.query<Row>(`select ${[`${key} as " key"`, ...values].join(', ')} from ${quote(name)} t`);
  const rows = new Map<string, Row>();
  for (const { ' key': at, ...row } of answer.rows) {
    for (const [column, value] of Object.entries(row))
      if (column.endsWith('_enc') && value !== null) row[column] = `decrypts to ${await opened(value)}`;
    if (rows.has(at ?? '')) throw new Error(`${name}: two rows with the key ${at}`);
    rows.set(at ?? '', row);
  }
  return { columns: new Map(columns.map((column) => [column.name, column.type])), rows };
}

/** What each sequence will give next. */
async function readSequences(client: pg.Client): Promise<TableRows> {
  const { rows } = await client.query<{ name: string }>(
    `select sequencename as name from pg_sequences where schemaname = current_schema() order by 1`,
  );
  const sequences = new Map<string, Row>();
  for (const { name } of rows) {
    const state = await client.query<Row>(`select (last_value + is_called::int)::text as next from ${quote(name)}`);
    sequences.set(name, state.rows[0] ?? {});
  }
  return { columns: new Map([['next', 'bigint']]), rows: sequences };
}

async function keyColumns(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name from pg_constraint c cross join unnest(c.conkey) with ordinality k (attnum, at)
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
      where c.conrelid = quote_ident($1)::regclass and c.contype = 'p' order by k.at`,
    [table],
  );
  return rows.map(({ name }) => name);
}

const keySql = (columns: string[]) =>
  columns.length === 0 ? 't::text' : `concat_ws(' | ', ${columns.map((column) => `t.${quote(column)}::text`).join(', ')})`;
