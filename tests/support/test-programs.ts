import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs that some tests use as peers, and the Debian package that has each. */
const programs: Record<string, string> = { age: 'age', zstd: 'zstd', pgbouncer: 'pgbouncer' };

/** Installs what is missing where that can be done (Debian, root). A test whose program cannot be had says so and is skipped. */
export async function setUpPrograms(say: (line: string) => void): Promise<void> {
  const missing = Object.keys(programs).filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(`${missing.join(', ')}: not on this machine; tests with them are not run`);
    return;
  }
  const packages = missing.map((program) => programs[program] ?? program);
  say(`installing Debian’s ${packages.join(', ')} for tests …`);
  // RUNLEVEL=1: Debian would start a pooler of its own; we only want the program.
  const apt = (...words: string[]) => run('apt-get', words, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } });
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  await apt(...install)
    .catch(() => apt('update').then(() => apt(...install)))
    .catch((error: unknown) =>
      say(
        `${missing.join(', ')}: not installed (${error instanceof Error ? error.message.split('\n')[0] : error}); tests with them are not run`,
      ),
    );
}
