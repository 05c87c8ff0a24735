import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import type { TestServer } from '../../tests/support/postgres.ts';
import type { BuiltProgram } from './built-program.ts';
import type { DumpClient } from './clients.ts';
import { type Command, measure } from './measure.ts';

/** What every command of a benchmark needs: the server, its clients, the program, a directory and a key. */
export class Scene {
  readonly server: TestServer;
  readonly program: BuiltProgram;
  /** null: this machine cannot have a pg_dump with zstd. */
  readonly client: DumpClient | null;
  readonly directory: string;
  readonly identity: string;
  readonly #recipient: string;
  #vaults = 0;

  private constructor(parts: Pick<Scene, 'server' | 'program' | 'client' | 'directory' | 'identity'>, recipient: string) {
    ({ server: this.server, program: this.program, client: this.client, directory: this.directory, identity: this.identity } = parts);
    this.#recipient = recipient;
  }

  static async set(parts: Pick<Scene, 'server' | 'program' | 'client' | 'directory'>): Promise<Scene> {
    const secret = await generateIdentity();
    const identity = join(parts.directory, 'identity');
    await writeFile(identity, secret, { mode: 0o600 });
    return new Scene({ ...parts, identity }, await identityToRecipient(secret));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** A new, empty, sealed vault, never in the place of another: that would look like an exchange. The one before is removed. */
  async newVault(): Promise<string> {
    await this.#clear('vault-');
    const vault = this.path(`vault-${++this.#vaults}`);
    await measure(this.program.command('init', '--vault', vault, '--recipient', this.#recipient));
    return vault;
  }

  lifeboat(verb: string, vault: string, ...args: string[]): Command {
    return this.program.command(verb, ...args, '--vault', vault, '--identity', this.identity);
  }

  /** The server's own psql, pg_restore … */
  own(program: string, database: string, ...args: string[]): Command {
    return { program: join(this.server.binDir, program), args: ['-d', this.server.url(database), ...args] };
  }

  /** pg_dump of PostgreSQL 17 with zstd where there is one, else the server's own. */
  dump(database: string, file: string, ...args: string[]): Command {
    const { program, args: before } = this.client ?? { program: join(this.server.binDir, 'pg_dump'), args: [] };
    return { program, args: [...before, '-Fc', '-d', this.server.url(database), '-f', file, ...args] };
  }

  async emptyDatabase(name: string): Promise<string> {
    await this.server.dropDatabase(name);
    await this.server.createDatabase({ name, clauses: 'TEMPLATE template0' });
    return name;
  }

  /** Nothing that one command left to be written is paid for by the next. */
  async settle(): Promise<void> {
    await this.server.query('checkpoint');
    await measure({ program: 'sync', args: [] });
  }

  /** A psql script with a \copy for each table that has rows: to or from files, or to nowhere. */
  async copyScript(database: string, direction: 'to' | 'from' | 'nowhere'): Promise<string> {
    const tables = await this.server.query<{ name: string }>(
      `select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.reltuples <> 0 order by 1`,
      [],
      database,
    );
    const rows = this.path('rows');
    await mkdir(rows, { recursive: true });
    const lines = tables.map(({ name }) => {
      const file = direction === 'nowhere' ? '/dev/null' : join(rows, name);
      return `\\copy public."${name}" ${direction === 'from' ? 'from' : 'to'} '${file}' with (format binary)`;
    });
    const script = this.path(`copy-${direction}.sql`);
    await writeFile(script, `set session_replication_role = replica;\n${lines.join('\n')}\n`);
    return script;
  }

  async #clear(prefix: string): Promise<void> {
    for (const name of await readdir(this.directory))
      if (name.startsWith(prefix)) await rm(this.path(name), { recursive: true, force: true });
  }
}
