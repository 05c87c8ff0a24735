import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../postgres/database.ts';
import { openDatabase } from '../postgres/open-database.ts';
import { LifeboatError } from '../report/errors.ts';
import type { PostgresPrograms } from './find-postgres.ts';
import { endProcess } from './processes-in.ts';
import { type Account, cleanEnvironment, runProgram } from './run-program.ts';

/** A PostgreSQL server of this drill's own, in a directory of its own. */
export interface LocalCluster {
  port: number;
  user: string;
  password: string;
  /** The directory of its socket, for programs that cannot reach the loopback of this host. */
  socketDirectory: string;
  stop(): Promise<void>;
}

const user = 'lifeboat';
const startSeconds = 60;

/**
 * Makes a cluster by initdb and starts it: on a loopback port that is free, with a random password, and on a socket in
 * its own directory. Settings are PostgreSQL's own, durability included, so that times are those of a real recovery.
 *
 * @throws LifeboatError drill-postgres-failed, with the end of what the program said
 */
export async function startCluster(
  programs: PostgresPrograms,
  directory: string,
  options: { account: Account | undefined; signal: AbortSignal },
): Promise<LocalCluster> {
  const { account, signal } = options;
  const data = join(directory, 'data');
  const socketDirectory = join(directory, 's');
  const password = randomBytes(24).toString('hex');
  const failed = (program: string, said: string, cause?: unknown) =>
    new LifeboatError(
      'drill-postgres-failed',
      { program: join(programs.directory, program), version: programs.version, reason: lastLine(said) },
      { cause },
    );
  for (const path of [data, socketDirectory]) {
    await mkdir(path, { mode: 0o700 });
    if (account) await chown(path, account.uid, account.gid);
  }
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const initdb = ['-D', data, '-U', user, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', '--no-sync'];
  try {
    await runProgram(join(programs.directory, 'initdb'), initdb, { account, cwd: directory, signal, seconds: 120 });
  } catch (error) {
    signal.throwIfAborted();
    throw failed('initdb', (error as { stderr?: string }).stderr || String(error), error);
  } finally {
    await rm(passwordFile, { force: true });
  }

  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const cluster = { port, user, password, socketDirectory };
    const server = await launch(programs, directory, cluster, account);
    const stop = () => stopServer(server);
    try {
      await answers(server, { ...cluster }, signal);
      return { ...cluster, stop };
    } catch (error) {
      await stop();
      signal.throwIfAborted();
      // Somebody else may have taken the port meanwhile.
      const said = await readFile(join(directory, 'log'), 'utf8').catch(() => '');
      if (attempt === 3 || !/Address already in use/.test(said)) throw failed('postgres', said, error);
    }
  }
}

/** A database of the cluster. PG* variables of this process have no say in it. */
export function clusterDatabase({ port, user, password }: Pick<LocalCluster, 'port' | 'user' | 'password'>, name: string): Database {
  return openDatabase(clusterUrl({ port, user, password }, name), { environment: {}, connectTimeout: 10_000 });
}

export function clusterUrl({ port, user, password }: Pick<LocalCluster, 'port' | 'user' | 'password'>, name: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${name}?sslmode=disable`;
}

/** In a process group of its own: a Ctrl-C at the terminal is for Lifeboat, which stops the server in its turn. */
async function launch(
  programs: PostgresPrograms,
  directory: string,
  { port, socketDirectory }: { port: number; socketDirectory: string },
  account: Account | undefined,
): Promise<ChildProcess> {
  const log = await open(join(directory, 'log'), 'a', 0o600);
  try {
    const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: socketDirectory, logging_collector: 'off' };
    const server = spawn(
      join(programs.directory, 'postgres'),
      ['-D', join(directory, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        cwd: directory,
        env: cleanEnvironment(),
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        ...(account && { uid: account.uid, gid: account.gid }),
      },
    );
    server.on('error', () => {}); // Told by `answers`: it has no process then.
    server.unref();
    return server;
  } finally {
    await log.close();
  }
}

async function answers(
  server: ChildProcess,
  cluster: Pick<LocalCluster, 'port' | 'user' | 'password'>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) throw new Error('it ended');
    const database = clusterDatabase(cluster, 'postgres');
    try {
      await (await database.connect()).close();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    } finally {
      await database.close();
    }
  }
}

/** Nothing of it is worth a checkpoint. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  await endProcess(server.pid);
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === 'string') throw new RangeError('a listener on a port has no port');
  return address.port;
}

/** The line that says why; the last one often only repeats that something failed. */
function lastLine(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /error|fatal|panic/i.test(line)) ?? lines.at(-1) ?? 'it said nothing').trim().slice(0, 300);
}
