import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFileLock } from './file-lock.ts';
import { cacheDirectory, checkout } from './test-cache.ts';

/** Releases of the Letta server that tests can start: each has its exact list of requirements. */
export const lettaReleases = ['0.11.3', '0.16.2', '0.16.8'] as const;
export type LettaRelease = (typeof lettaReleases)[number];

export const lettaTools = join(checkout, 'tests/fixtures/tools');
const run = promisify(execFile);

/** The servers' requirements are lists for Python 3.11. @returns the program, or undefined where there is none. */
export async function python311(): Promise<string | undefined> {
  for (const program of ['python3.11', 'python3']) {
    const { stdout } = await run(program, [
      '-c',
      'import sys, venv, ensurepip; print(sys.version_info[:2] == (3, 11) and sys.executable)',
    ]).catch(() => ({ stdout: '' }));
    if (stdout.startsWith('/')) return stdout.trim();
  }
  return undefined;
}

/** A virtual environment with one release, made the first time (≈ 10 s). @returns its directory. */
export async function installLetta(release: LettaRelease): Promise<string> {
  const requirements = join(lettaTools, `letta-${release}.requirements.txt`);
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 8);
  const root = join(cacheDirectory, 'letta');
  const home = join(root, `${release}-${digest}`);
  const done = join(home, 'installed');
  if (existsSync(done)) return home;
  const python = await python311();
  if (!python) throw new Error(`Letta ${release} needs Python 3.11 with venv, and this machine has none`);
  await mkdir(root, { recursive: true });
  await withFileLock(
    join(root, `.${release}-lock`),
    async () => {
      if (existsSync(done)) return;
      process.stderr.write(`installing Letta ${release} …\n`);
      await rm(home, { recursive: true, force: true });
      await run(python, ['-m', 'venv', home]);
      const install = ['install', '--quiet', '--no-deps', '--requirement', requirements];
      await withUv(python, root, ['pip', ...install, '--python', join(home, 'bin/python')]).catch(() =>
        run(join(home, 'bin/python'), ['-m', 'pip', ...install]),
      );
      await writeFile(done, '');
    },
    900_000,
  );
  return home;
}

/** uv installs a release in 5 s where pip takes 100 s. */
async function withUv(python: string, root: string, args: string[]): Promise<void> {
  const home = join(root, 'uv-0.9.5');
  const uv = join(home, 'bin/uv');
  if (!existsSync(uv)) {
    await withFileLock(join(root, '.uv-lock'), async () => {
      if (existsSync(uv)) return;
      await run(python, ['-m', 'venv', home]);
      await run(join(home, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv==0.9.5']);
    });
  }
  await run(uv, args, { env: { ...process.env, UV_CACHE_DIR: join(root, 'uv-cache') } });
}
