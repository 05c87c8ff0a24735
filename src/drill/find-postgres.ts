import { globSync, realpathSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fetchedDirectories } from './fetch-postgres.ts';
import { type Account, runProgram } from './run-program.ts';

/** PostgreSQL's programs, with pgvector, fit to make a server of one's own. */
export interface PostgresPrograms {
  directory: string;
  /** `15.18` */
  version: string;
  major: number;
  pgvector: string;
}

/** Programs that cannot be used, and why. */
export interface UnfitPrograms {
  directory: string;
  reason: string;
}

/** Letta needs PostgreSQL 15 (letta-server.md §10). */
const oldestMajor = 15;

/** Where packages put them: Debian, RPM, Homebrew on both processors, Postgres.app, MacPorts, from source, SUSE, FreeBSD. */
const usualDirectories = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
  '/home/linuxbrew/.linuxbrew/opt/postgresql*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
  '/opt/local/lib/postgresql*/bin',
  '/usr/local/pgsql/bin',
  '/usr/lib/postgresql*/bin',
  '/usr/local/bin',
];

/**
 * Looks for PostgreSQL's programs on this host: those of `given` alone, or in PATH, where packages put them, and
 * those that were fetched.
 *
 * @param account who will run them; must be able to reach them
 */
export async function findPostgres(options: {
  given?: readonly string[];
  account: Account | undefined;
  environment: NodeJS.ProcessEnv;
}): Promise<{ fit: PostgresPrograms[]; unfit: UnfitPrograms[] }> {
  const fit: PostgresPrograms[] = [];
  const unfit: UnfitPrograms[] = [];
  for (const directory of options.given?.map((each) => resolve(each)) ?? (await candidates(options.environment))) {
    try {
      fit.push(await examine(directory, options.account));
    } catch (error) {
      unfit.push({ directory, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) });
    }
  }
  return { fit, unfit };
}

/** The snapshot's own major version, else the newest. Of equals the first found, which is what PATH says. */
export function choosePostgres(fit: readonly PostgresPrograms[], sourceVersion: string): PostgresPrograms | null {
  const major = Number.parseInt(sourceVersion, 10);
  return fit.find((each) => each.major === major) ?? fit.toSorted((a, b) => b.major - a.major)[0] ?? null;
}

async function candidates(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const found: string[] = [];
  const inPath = (environment.PATH ?? '').split(delimiter).filter((each) => each.startsWith('/'));
  for (const directory of [...inPath, ...usualDirectories.flatMap((pattern) => globSync(pattern)), ...fetchedDirectories(environment)]) {
    try {
      // A link in /usr/local/bin leads to the directory where the other programs are.
      const real = dirname(realpathSync(join(directory, 'postgres')));
      await access(join(real, 'initdb'));
      if (!found.includes(real)) found.push(real);
    } catch {
      // No PostgreSQL here.
    }
  }
  return found;
}

/** Asks the programs themselves. `initdb --show` tells the version and where extensions lie, and makes nothing. */
async function examine(directory: string, account: Account | undefined): Promise<PostgresPrograms> {
  const run = { account, cwd: '/', seconds: 20 };
  const shown = await runProgram(join(directory, 'initdb'), ['--show', '-D', '/nonexistent'], run);
  const version = /^VERSION=(\d+(?:\.\d+)?)/m.exec(shown)?.[1];
  const share = /^share_path=(.+)$/m.exec(shown)?.[1];
  if (version === undefined || share === undefined) throw new Error('initdb does not say its version');
  const major = Number.parseInt(version, 10);
  if (major < oldestMajor) throw new Error(`PostgreSQL ${version} is older than ${oldestMajor}, which Letta needs`);
  const control = await readFile(join(share, 'extension/vector.control'), 'utf8').catch(() => '');
  const pgvector = /default_version = '([^']+)'/.exec(control)?.[1];
  if (pgvector === undefined) throw new Error(`PostgreSQL ${version} has no extension pgvector`);
  return { directory, version, major, pgvector };
}
