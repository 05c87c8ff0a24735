import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { ServerLabel } from './postgres-installations.ts';
import {
  halt,
  isRunning,
  launch,
  type RunningServer,
  type StartOptions,
  startServer,
  stopServer,
  stopServerNow,
} from './postgres-process.ts';
import { givenServers, startLingeringServers } from './shared-servers.ts';

export type { ServerLabel } from './postgres-installations.ts';

const majors: ServerLabel[] = ['15', '16', '17', '18'];
const runFile = promisify(execFile);

export interface CreateDatabaseOptions {
  /** Default: a name nobody else has. */
  name?: string;
  template?: string;
  owner?: string;
  /** Put behind CREATE DATABASE, such as `ENCODING 'SQL_ASCII' TEMPLATE template0`. */
  clauses?: string;
  /** `create extension vector` in it. */
  vector?: boolean;
  /** ALTER DATABASE … SET name TO value (as SQL text). */
  settings?: Record<string, string>;
}

/** A real PostgreSQL with pgvector, where tests may do what they like in databases of their own. */
export class TestServer {
  readonly label: ServerLabel;
  readonly major: number;
  /** `15.18` */
  readonly version: string;
  /** The version of pgvector that `create extension vector` gives. */
  readonly pgvector: string;
  /** psql, pg_dump, pg_restore … of the same version. */
  readonly binDir: string;
  readonly host = '127.0.0.1';
  readonly port: number;

  constructor(running: RunningServer) {
    ({
      label: this.label,
      major: this.major,
      version: this.version,
      pgvector: this.pgvector,
      binDir: this.binDir,
      port: this.port,
    } = running);
  }

  /** For the superuser `postgres`, who needs no password. */
  url(database = 'postgres', user = 'postgres'): string {
    return `postgresql://${user}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
  }

  async createDatabase(options: CreateDatabaseOptions = {}): Promise<TestDatabase> {
    const name = options.name ?? `t_${process.pid}_${randomBytes(4).toString('hex')}`;
    const clauses = [
      options.template && `TEMPLATE ${pg.escapeIdentifier(options.template)}`,
      options.owner && `OWNER ${pg.escapeIdentifier(options.owner)}`,
      options.clauses,
    ];
    await this.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} ${clauses.filter(Boolean).join(' ')}`);
    const database = new TestDatabase(this, name);
    if (options.vector) await database.query('CREATE EXTENSION vector');
    for (const [setting, value] of Object.entries(options.settings ?? {})) {
      await this.query(`ALTER DATABASE ${pg.escapeIdentifier(name)} SET ${setting} TO ${value}`);
    }
    return database;
  }

  /** Names of all databases but the templates. */
  async databases(): Promise<string[]> {
    const rows = await this.query<{ datname: string }>('SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1');
    return rows.map((row) => row.datname);
  }

  /**
   * DROP DATABASE waits for every session of the server, also those of other tests, and one whose client stopped reading
   * a COPY keeps it waiting for good. After 20 s the database is left to go with its server.
   */
  async dropDatabase(name: string): Promise<void> {
    await withClient(this.url(), async (client) => {
      await client.query(`SET statement_timeout = '20s'`);
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`).catch((error: pg.DatabaseError) => {
        if (error.code !== '57014') throw error;
        process.stderr.write(`database ${name} could not be dropped: some session of PostgreSQL ${this.version} does not respond\n`);
      });
    });
  }

  /** Its own connection for one statement (or several without values). */
  async query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[], database = 'postgres'): Promise<Row[]> {
    return withClient(this.url(database), async (client) => (await client.query<Row>(sql, values)).rows);
  }

  /** Runs psql, pg_dump … of this server's version on one of its databases. @returns what it printed. */
  run(program: string, database: string, args: string[] = []): Promise<string> {
    return this.runOn({ url: this.url(database) }, program, args);
  }

  /** Runs this server's psql, pg_dump … on a database of any server. */
  async runOn(database: { url: string }, program: string, args: string[] = []): Promise<string> {
    const { stdout } = await runFile(join(this.binDir, program), ['-d', database.url, ...args], { maxBuffer: 2 ** 30 });
    return stdout;
  }

  /** Feeds a script to psql, which stops at the first error. */
  async psql(database: string, script: string | Buffer): Promise<void> {
    const child = spawn(join(this.binDir, 'psql'), ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', this.url(database)], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stdin.on('error', () => {}); // psql that has ended says why on stderr
    child.stdin.end(script);
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`psql ended with ${code}: ${said}`);
  }
}

export class TestDatabase {
  readonly server: TestServer;
  readonly name: string;

  constructor(server: TestServer, name: string) {
    this.server = server;
    this.name = name;
  }

  get url(): string {
    return this.server.url(this.name);
  }

  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    return this.server.query<Row>(sql, values, this.name);
  }

  /** A copy beside it, with the settings of the database itself. Nobody may be connected to this one meanwhile. */
  async copy(): Promise<TestDatabase> {
    const stored = await this.server.query<{ setting: string }>(
      `SELECT unnest(setconfig) AS setting FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = $1 AND s.setrole = 0`,
      [this.name],
    );
    const copy = await this.server.createDatabase({ template: this.name });
    for (const { setting } of stored) {
      const [name = '', ...value] = setting.split('=');
      // search_path is kept as the list that it was given as: quoting all of it would make it one name.
      const literal = name === 'search_path' ? value.join('=') : pg.escapeLiteral(value.join('='));
      await this.server.query(`ALTER DATABASE ${pg.escapeIdentifier(copy.name)} SET ${name} TO ${literal}`);
    }
    return copy;
  }

  /** Ends whoever is still connected, too. */
  drop(): Promise<void> {
    return this.server.dropDatabase(this.name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.drop();
  }
}

/** A server of a test's own, which it may configure, restart and kill. `await using` stops it. */
export class PrivateServer extends TestServer {
  readonly #running: RunningServer;

  constructor(running: RunningServer) {
    super(running);
    this.#running = running;
    process.on('exit', this.#stopNow);
  }

  #stopNow = () => stopServerNow(this.#running);

  /** Where `data`, `socket` and `log` are. */
  get directory(): string {
    return this.#running.directory;
  }

  get isRunning(): boolean {
    return isRunning(this.#running);
  }

  /** `immediate` is a crash: the next start recovers from the write-ahead log. */
  halt(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    return halt(this.#running, mode);
  }

  launch(): Promise<void> {
    return launch(this.#running);
  }

  async restart(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.halt(mode);
    await this.launch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#stopNow);
    await stopServer(this.#running);
  }
}

/** Every major version that this machine can run, oldest first. */
export async function testServers(): Promise<TestServer[]> {
  const running = givenServers()?.filter(({ label }) => majors.includes(label)) ?? (await startLingeringServers(majors));
  if (running.length === 0) throw new Error('no PostgreSQL server can be had on this machine: `npm run test:servers start` says why');
  return running.sort((a, b) => a.major - b.major).map((server) => new TestServer(server));
}

/**
 * The server of one major version, or of 16.2 with its old pgvector. Without a version: 15, Letta's own, or else the
 * oldest that this machine can run. @throws an error that says why it cannot be had.
 */
export async function testServer(version?: 15 | 16 | 17 | 18 | '16.2'): Promise<TestServer> {
  const given = givenServers();
  if (version === undefined) {
    const first = given?.find(({ label }) => majors.includes(label)) ?? (await firstOf(majors));
    return new TestServer(first);
  }
  const label = String(version) as ServerLabel;
  const running = given?.find((server) => server.label === label) ?? (await firstOf([label]));
  return new TestServer(running);
}

async function firstOf(labels: ServerLabel[]): Promise<RunningServer> {
  for (const label of labels) {
    const [server] = await startLingeringServers([label]).catch((error) => {
      if (label === labels.at(-1)) throw error;
      return [];
    });
    if (server) return server;
  }
  throw new Error(`no PostgreSQL ${labels.join(', ')}`);
}

/** A server that nobody shares: for restarts, crashes, settings, other locales. ≈ 1 s. */
export async function privateServer(version?: 15 | 16 | 17 | 18, options: StartOptions = {}): Promise<PrivateServer> {
  const { label, major, version: full, pgvector, binDir } = await testServer(version);
  return new PrivateServer(await startServer({ label, major, version: full, pgvector, binDir }, options));
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // a server that goes away fails the query that waits; nothing else is of interest
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
