import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAlive } from './file-lock.ts';
import { freePort } from './free-port.ts';
import type { Installation } from './postgres-installations.ts';
import { temporaryDirectory, unprivilegedAccount } from './test-cache.ts';

/** A PostgreSQL that runs on a loopback port, with data that nobody needs afterwards. */
export interface RunningServer extends Installation {
  port: number;
  /** Holds `data`, `socket`, `log` and the note who owns it. */
  directory: string;
}

export interface StartOptions {
  /** Lines for postgresql.conf. */
  settings?: Record<string, string | number>;
  /** Words for initdb after ours, such as `--locale=…`. */
  initdb?: string[];
  /** Keeps running when the process that started it has ended. */
  lingers?: boolean;
}

const prefix = 'lifeboat-pg-';
const runFile = promisify(execFile);

/** Neither the PG* variables of whoever runs the tests nor their locale reach the servers. */
const environment = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))),
  LC_ALL: 'C',
});

async function asServerAccount(server: { binDir: string }, directory: string, program: string, args: string[]): Promise<void> {
  const account = (await unprivilegedAccount()) ?? {};
  await runFile(join(server.binDir, program), args, { cwd: directory, env: environment(), ...account });
}

export async function startServer(installation: Installation, options: StartOptions = {}): Promise<RunningServer> {
  const directory = await mkdtemp(join(temporaryDirectory(), prefix));
  try {
    await chmod(directory, 0o755);
    await mkdir(join(directory, 'socket'));
    const account = await unprivilegedAccount();
    if (account) for (const path of [directory, join(directory, 'socket')]) await chown(path, account.uid, account.gid);
    await writeFile(
      join(directory, 'owner.json'),
      JSON.stringify({ pid: process.pid, lingers: options.lingers ?? false, binDir: installation.binDir }),
    );
    const data = join(directory, 'data');
    const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', ...(options.initdb ?? [])];
    await asServerAccount(installation, directory, 'initdb', initdb);
    for (let attempt = 1; ; attempt++) {
      const server: RunningServer = { ...installation, directory, port: await freePort() };
      await appendFile(join(data, 'postgresql.conf'), configuration(server, options.settings));
      try {
        await launch(server);
        return server;
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  } catch (error) {
    const log = await readFile(join(directory, 'log'), 'utf8').catch(() => '');
    await rm(directory, { recursive: true, force: true });
    throw new Error(`PostgreSQL ${installation.version} did not start: ${(error as Error).message}\n${log}`);
  }
}

function configuration(server: RunningServer, settings: Record<string, string | number> = {}): string {
  const all = {
    port: server.port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: join(server.directory, 'socket'),
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '64MB',
    max_connections: 100,
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
    .join('');
}

/** Starts a server whose data directory is there (again). */
export async function launch(server: RunningServer): Promise<void> {
  const data = join(server.directory, 'data');
  await asServerAccount(server, server.directory, 'pg_ctl', [
    'start',
    '-w',
    '-s',
    '-t',
    '60',
    '-D',
    data,
    '-l',
    join(server.directory, 'log'),
  ]);
}

export async function halt(server: RunningServer, mode: 'fast' | 'immediate'): Promise<void> {
  const data = join(server.directory, 'data');
  await asServerAccount(server, server.directory, 'pg_ctl', ['stop', '-w', '-s', '-t', '30', '-m', mode, '-D', data]);
}

/** Stops it and removes its data. Safe to call when it is already down. */
export async function stopServer(server: RunningServer): Promise<void> {
  await halt(server, 'immediate').catch(() => {});
  await rm(server.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** For `process.on('exit')`, where nothing can be awaited. The data is removed by the next sweep. */
export function stopServerNow(server: RunningServer): void {
  const pid = postmasterPid(server.directory);
  if (pid) process.kill(pid, 'SIGQUIT');
}

function postmasterPid(directory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8'), 10);
    return pid && isAlive(pid) && runsIn(pid, directory) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Is this process really the server of that directory, and not a later process with the same number? */
function runsIn(pid: number, directory: string): boolean {
  const shown = `/proc/${pid}/cmdline`;
  const commandLine = existsSync(shown)
    ? readFileSync(shown, 'utf8')
    : execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return commandLine.includes(directory);
}

export function isRunning(server: RunningServer): boolean {
  return postmasterPid(server.directory) !== undefined;
}

/** Ends the servers of test runs that were killed before they could. */
export async function sweepOrphans(): Promise<void> {
  const root = temporaryDirectory();
  for (const name of (await readdir(root)).filter((entry) => entry.startsWith(prefix))) {
    const directory = join(root, name);
    const owner = await readFile(join(directory, 'owner.json'), 'utf8').then(
      (text) => JSON.parse(text) as { pid: number; lingers: boolean },
      () => undefined,
    );
    if (!owner || isAlive(owner.pid)) continue;
    const pid = postmasterPid(directory);
    if (owner.lingers && pid) continue;
    if (pid) process.kill(pid, 'SIGQUIT');
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }).catch(() => {});
  }
}
