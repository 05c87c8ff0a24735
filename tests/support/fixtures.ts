import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import pg from 'pg';
import { type TestDatabase, type TestServer, withClient } from './postgres.ts';
import { checkout } from './test-cache.ts';

/** Databases that real Letta servers wrote; tests/fixtures/databases/README.md tells their story. */
export const fixtureNames = [
  'letta-0.11.3',
  'letta-0.16.2',
  'letta-0.16.8',
  'letta-0.16.2.custom-layout',
  'oracle-0.11.3-to-0.16.2',
  'oracle-0.11.3-to-0.16.8',
] as const;
export type FixtureName = (typeof fixtureNames)[number];

/** What the fixtures' secrets are encrypted with (0.16.2, 0.16.8 and the oracles). Made up, like the secrets. */
export const fixtureEncryptionKey = 'fixture-encryption-key-0123456789abcdef';

const directory = join(checkout, 'tests/fixtures/databases');

export interface FixtureFacts {
  alembic_version: string;
  /** The schema where the tables are. */
  schema: string;
  sequences: Record<string, unknown>;
  max_sequence_id: number;
  total_rows: number;
  tables: Record<string, { rows: number; md5: string }>;
  agents: { id: string; name: string }[];
  agents_total: number;
  soft_deleted_rows: Record<string, number>;
  sql_made: unknown[];
  /** `memo`, `research` … → the agent's id in this database. */
  agent_keys: Record<string, string>;
}

/** What manifest.json says about a fixture: rows, md5 of every table, agents, sequences. */
export function fixtureFacts(name: FixtureName): FixtureFacts {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as { databases: Record<string, FixtureFacts> };
  const facts = manifest.databases[name];
  if (!facts) throw new Error(`manifest.json does not know ${name}`);
  return facts;
}

/** The SQL script, as pg_dump wrote it. */
export function fixtureScript(name: FixtureName): string {
  return gunzipSync(readFileSync(join(directory, `${name}.sql.gz`))).toString('utf8');
}

/**
 * The part of a dump that belongs inside the database, and the settings of the database itself
 * (`search_path` → `'letta'`). A dump made with --create starts with both and connects to its own name.
 */
function splitScript(script: string): { body: string; settings: Record<string, string> } {
  const connect = script.lastIndexOf('\n\\connect ');
  if (connect < 0) return { body: script, settings: {} };
  const settings = [...script.slice(0, connect).matchAll(/^ALTER DATABASE \w+ SET (\w+) TO (.+);$/gm)];
  return {
    body: script.slice(script.indexOf('\n', connect + 1)),
    settings: Object.fromEntries(settings.map(([, setting = '', value = '']) => [setting, value])),
  };
}

/** A database of its own with a fixture in it: loaded by psql the first time on that server, copied from then on. */
export async function loadFixture(server: TestServer, name: FixtureName, options: { name?: string } = {}): Promise<TestDatabase> {
  const script = fixtureScript(name);
  const { body, settings } = splitScript(script);
  const template = `template_${name}`;
  await ensureTemplate(server, template, body, createHash('sha256').update(script).digest('hex'));
  return server.createDatabase({ template, settings, ...options });
}

async function ensureTemplate(server: TestServer, template: string, body: string, digest: string): Promise<void> {
  const quoted = pg.escapeIdentifier(template);
  await withClient(server.url(), async (client) => {
    // Several test processes may come at once; a lock of PostgreSQL's dies with its session.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
    const { rows } = await client.query(`SELECT shobj_description(oid, 'pg_database') AS digest FROM pg_database WHERE datname = $1`, [
      template,
    ]);
    if (rows[0]?.digest === digest) return;
    if (rows[0]) {
      await client.query(`ALTER DATABASE ${quoted} IS_TEMPLATE false`);
      await server.dropDatabase(template);
    }
    await client.query(`CREATE DATABASE ${quoted}`);
    await server.psql(template, body);
    await client.query(`ALTER DATABASE ${quoted} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    await client.query(`COMMENT ON DATABASE ${quoted} IS ${pg.escapeLiteral(digest)}`);
  });
}

/** The same in PGlite: PostgreSQL in this process, in memory unless a directory is named. Settings last for this session only. */
export async function loadFixtureEmbedded(name: FixtureName, dataDir?: string): Promise<PGlite> {
  const { body, settings } = splitScript(fixtureScript(name));
  const database = await PGlite.create({ ...(dataDir === undefined ? {} : { dataDir }), extensions: { vector } });
  for (const part of scriptParts(body)) {
    if (part.rows === undefined) await database.exec(part.sql);
    else await database.query(part.sql, [], { blob: new Blob([part.rows]) });
  }
  await database.exec('RESET ALL');
  for (const [setting, value] of Object.entries(settings)) {
    await database.exec(`ALTER DATABASE ${pg.escapeIdentifier('postgres')} SET ${setting} TO ${value}; SET ${setting} TO ${value}`);
  }
  return database;
}

interface ScriptPart {
  sql: string;
  /** For a COPY: its rows in text format. */
  rows?: string;
}

/** Takes a pg_dump script apart into plain SQL and COPY blocks. */
export function* scriptParts(script: string): Generator<ScriptPart> {
  const copy = /^(COPY .+) FROM stdin;\n/gm;
  let from = 0;
  for (let found = copy.exec(script); found; found = copy.exec(script)) {
    yield { sql: script.slice(from, found.index) };
    const start = copy.lastIndex;
    const end = script.startsWith('\\.\n', start) ? start : script.indexOf('\n\\.\n', start) + 1;
    yield { sql: `${found[1]} FROM '/dev/blob'`, rows: script.slice(start, end) };
    from = copy.lastIndex = end + '\\.\n'.length;
  }
  yield { sql: script.slice(from) };
}
