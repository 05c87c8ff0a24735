import type pg from 'pg';
import { type TestDatabase, withClient } from './postgres.ts';

/**
 * Compares two databases by PostgreSQL's own means — hashes computed in SQL, and pg_dump — and shares no code with
 * Lifeboat, so that a mistake of Lifeboat's cannot hide itself.
 */
export interface CompareOptions {
  /** Schema in the first database → its name in the second: `{ public: 'letta' }` after a change of layout. */
  schemas?: Record<string, string>;
  /** `schema.table`, `schema.table.column` of the first database (or of the second, where only it has them): not compared. */
  ignore?: string[];
  /** false: by hashes only. */
  dump?: boolean;
  /** pg_dump without rows and sequences' values. */
  schemaOnly?: boolean;
}

/** @returns one line per difference; empty when the databases are equal. */
export async function differences(first: TestDatabase, second: TestDatabase, options: CompareOptions = {}): Promise<string[]> {
  const found = await contentDifferences(first, second, options);
  return options.dump === false ? found : found.concat(await dumpDifferences(first, second, options));
}

// ── hashes ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is compared → what it is: `public.agents.name` → its type and hash, `public.agents` → its rows. */
type Facts = Map<string, string>;

export async function contentDifferences(first: TestDatabase, second: TestDatabase, options: CompareOptions = {}): Promise<string[]> {
  const [left, right] = await Promise.all([databaseFacts(first.url, options.schemas ?? {}), databaseFacts(second.url, {})]);
  const ignored = new Set(options.ignore?.map((name) => renamed(name, options.schemas ?? {})));
  const skip = (key: string) => [...ignored].some((name) => key === name || key.startsWith(`${name}.`));
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .filter((key) => !skip(key) && left.get(key) !== right.get(key))
    .map((key) => `${key}: ${left.get(key) ?? 'not there'} ≠ ${right.get(key) ?? 'not there'}`);
}

const renamed = (name: string, schemas: Record<string, string>) => {
  const [schema = '', ...rest] = name.split('.');
  return [schemas[schema] ?? schema, ...rest].join('.');
};

/** Everything that was put into the database: tables' columns and rows, sequences, settings. Extensions' own tables are not. */
function databaseFacts(url: string, schemas: Record<string, string>): Promise<Facts> {
  return withClient(url, async (client) => {
    await client.query(`SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex';
      SET search_path = ''; SET row_security = off`);
    const facts: Facts = new Map();
    for (const { schema, name, kind } of await relations(client)) {
      const key = `${schemas[schema] ?? schema}.${name}`;
      if (kind === 'S') facts.set(key, await sequenceState(client, schema, name));
      else await addTable(client, facts, schema, name, key, schemas);
    }
    const settings =
      await client.query(`SELECT unnest(setconfig) AS setting FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
      WHERE d.datname = current_database() AND s.setrole = 0`);
    for (const { setting } of settings.rows) facts.set(`setting ${setting.split('=')[0]}`, setting);
    return facts;
  });
}

interface Relation {
  schema: string;
  name: string;
  kind: string;
}

async function relations(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(`
    SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2`);
  return rows;
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

async function sequenceState(client: pg.Client, schema: string, name: string): Promise<string> {
  const { rows } = await client.query(`SELECT last_value, is_called FROM ${quote(schema)}.${quote(name)}`);
  return `at ${rows[0].last_value}${rows[0].is_called ? '' : ', not called'}`;
}

/**
 * One hash per column over all rows, in an order that depends on the rows only. SQL null hashes as `-` and any value
 * as md5 of its text, so that null, '' and json null are three things.
 */
async function addTable(
  client: pg.Client,
  facts: Facts,
  schema: string,
  name: string,
  key: string,
  schemas: Record<string, string>,
): Promise<void> {
  const columns = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END AS type
     FROM pg_attribute WHERE attrelid = format('%I.%I', $1::text, $2::text)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [schema, name],
  );
  const cell = (column: string) => `coalesce(md5(${quote(column)}::text), '-')`;
  const cells = columns.rows.map((column, index) => `${cell(column.name)} AS c${index}`);
  const row = columns.rows.map((_, index) => `c${index}`).join(` || ',' || `) || `''`;
  const hashes = columns.rows.map((_, index) => `md5(coalesce(string_agg(c${index}, ',' ORDER BY row), '')) AS h${index}`);
  const { rows } = await client.query<Record<string, string>>(
    `SELECT ${['count(*) AS rows', ...hashes].join(', ')}
     FROM (SELECT *, md5(${row}) COLLATE "C" AS row FROM (SELECT ${cells.join(', ') || '1'} FROM ONLY ${quote(schema)}.${quote(name)}) AS cells) AS rows`,
  );
  facts.set(key, `${rows[0]?.rows} rows, columns ${columns.rows.map((column) => column.name).join(' ')}`);
  for (const [index, column] of columns.rows.entries()) {
    facts.set(`${key}.${column.name}`, `${renameSchemas(column.type, schemas)} ${rows[0]?.[`h${index}`]}`);
  }
}

// ── pg_dump ──────────────────────────────────────────────────────────────────────────────────────────────────────

export async function dumpDifferences(first: TestDatabase, second: TestDatabase, options: CompareOptions = {}): Promise<string[]> {
  const [left, right] = await Promise.all([
    dumpStatements(first, second, options),
    dumpStatements(second, first, { ...options, schemas: {} }),
  ]);
  const short = (statement: string) => statement.replaceAll(/\s+/g, ' ').slice(0, 300);
  return [
    ...[...left].filter((statement) => !right.has(statement)).map((statement) => `pg_dump, first only: ${short(statement)}`),
    ...[...right].filter((statement) => !left.has(statement)).map((statement) => `pg_dump, second only: ${short(statement)}`),
  ];
}

/** A dump as a set: each statement, and each row of each table (their order on disk is nobody's promise). */
async function dumpStatements(database: TestDatabase, other: TestDatabase, options: CompareOptions): Promise<Set<string>> {
  const newer = database.server.major >= other.server.major ? database.server : other.server;
  // Of the newer server's version, so that two servers are described in the same words.
  const text = await newer.runOn(database, 'pg_dump', ['--no-owner', '--no-privileges', ...(options.schemaOnly ? ['--schema-only'] : [])]);
  const schemas = options.schemas ?? {};
  const ignored = (options.ignore ?? []).filter((name) => name.split('.').length === 2).map((name) => renamed(name, schemas));
  const statements = new Set<string>();
  const add = (statement: string) => {
    for (let copy = 1; ; copy++) {
      const numbered = copy === 1 ? statement : `${statement} (${copy})`;
      if (!statements.has(numbered)) return statements.add(numbered);
    }
  };
  for (const { sql, copyOf, rows } of dumpParts(text)) {
    if (copyOf) {
      const table = renameSchemas(copyOf, schemas);
      if (ignored.some((name) => table.startsWith(`${name} `))) continue;
      for (const row of rows) add(`${table}: ${row}`);
    } else {
      const statement = renameSchemas(sql, schemas);
      if (!unimportant(statement) && !ignored.some((name) => statement.includes(name))) add(statement);
    }
  }
  return statements;
}

/** What says how the dump was made, or which schema there is by default, and nothing about the content. */
const unimportant = (statement: string) =>
  /^(SET |SELECT pg_catalog\.set_config|\\(un)?restrict|(CREATE|COMMENT ON) SCHEMA )/.test(statement);

function renameSchemas(sql: string, schemas: Record<string, string>): string {
  return Object.entries(schemas).reduce(
    (text, [from, to]) =>
      text.replaceAll(new RegExp(`\\b${from}\\.`, 'g'), `${to}.`).replaceAll(new RegExp(`(WITH SCHEMA) ${from}\\b`, 'g'), `$1 ${to}`),
    sql,
  );
}

function* dumpParts(text: string): Generator<{ sql: string; copyOf?: string; rows: string[] }> {
  const lines = text.split('\n').values();
  let sql: string[] = [];
  for (const line of lines) {
    const copy = /^COPY (.+) FROM stdin;$/.exec(line);
    if (copy?.[1]) {
      const rows: string[] = [];
      for (let row = lines.next(); !row.done && row.value !== '\\.'; row = lines.next()) rows.push(row.value);
      yield { sql: '', copyOf: copy[1], rows };
    } else if (sql.length > 0 || !/^(--.*)?$/.test(line)) {
      sql.push(line);
      if (line.endsWith(';') || line.startsWith('\\')) {
        yield { sql: sql.join('\n'), rows: [] };
        sql = [];
      }
    }
  }
}
