import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../tests/support/test-cache.ts';

/** A pg_dump that knows zstd: how to call it, and its version. */
export interface DumpClient {
  program: string;
  args: string[];
  version: string;
}

const run = promisify(execFile);
const suite = 'trixie';
/** The client and what it is linked with; its own loader and C library make it run beside older ones. */
const packages = (
  'postgresql-client-17 libpq5 libc6 libzstd1 liblz4-1 zlib1g libssl3t64 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 ' +
  'libcom-err2 libkeyutils1 libldap2 libsasl2-2'
).split(' ');

/**
 * PostgreSQL 17's own pg_dump, as Debian builds it: the wheels' one was built without zstd, and 15's never had it. Taken
 * from Debian's packages without installing them. @throws where there is no apt, or no way to the packages
 */
export async function dumpClient(): Promise<DumpClient> {
  const home = join(cacheDirectory, `postgresql-client-17-${suite}`);
  if (!(await isThere(join(home, 'done')))) await fetch(home);
  const machine = (await readdir(join(home, 'usr/lib'))).find((name) => name.endsWith('-linux-gnu')) ?? '';
  const libraries = join(home, 'usr/lib', machine);
  const loader = (await readdir(libraries)).find((name) => name.startsWith('ld-linux')) ?? '';
  const client = {
    program: join(libraries, loader),
    args: ['--library-path', libraries, join(home, 'usr/lib/postgresql/17/bin/pg_dump')],
  };
  const { stdout } = await run(client.program, [...client.args, '--version']);
  return { ...client, version: /\d+\.\d+/.exec(stdout)?.[0] ?? '' };
}

async function fetch(home: string): Promise<void> {
  if (platform() !== 'linux') throw new Error(`no Debian packages for ${platform()} on ${arch()}`);
  const making = `${home}.making-${process.pid}`;
  await mkdir(join(making, 'parts'), { recursive: true });
  for (const place of ['lists/partial', 'cache/archives/partial', 'down']) await mkdir(join(making, place), { recursive: true });
  try {
    await writeFile(join(making, 'parts/debian.sources'), await sourcesOf(suite));
    const settings = [
      'Dir::Etc::sourcelist=/dev/null',
      `Dir::Etc::sourceparts=${join(making, 'parts')}`,
      `Dir::State::lists=${join(making, 'lists')}`,
      `Dir::Cache=${join(making, 'cache')}`,
      'Dir::State::status=/dev/null',
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
    ].flatMap((setting) => ['-o', setting]);
    await run('apt-get', ['-q', ...settings, 'update']);
    await run('apt-get', ['-q', ...settings, 'download', ...packages], { cwd: join(making, 'down') });
    for (const file of await readdir(join(making, 'down'))) await run('dpkg-deb', ['-x', join(making, 'down', file), join(making, 'root')]);
    await writeFile(join(making, 'root/done'), '');
    await rm(home, { recursive: true, force: true });
    await rename(join(making, 'root'), home);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** The machine's own source of Debian packages, at another release of Debian. */
async function sourcesOf(release: string): Promise<string> {
  const own = await readFile('/etc/apt/sources.list.d/debian.sources', 'utf8');
  const first = own.split(/\n\s*\n/)[0] ?? '';
  return `${first.replace(/^Suites:.*$/m, `Suites: ${release}`).replace(/^Components:.*$/m, 'Components: main')}\n`;
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
