/**
 * A process of its own, in the confinement with the server: it makes the network there, lets the server reach the drilled
 * database and us reach the server, and tells what is tried. It ends with its standard input, hence with the drill,
 * whatever ends that, and takes the server along.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readlinkSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { type ConfinementTask, type Order, onLines, type Told } from './confinement-messages.ts';
import { denyingProxy } from './denying-proxy.ts';
import { type WatchedNetwork, watchNetwork } from './keeper-network.ts';
import { relay } from './relay.ts';

const tell = (told: Told) => process.stdout.write(`${JSON.stringify(told)}\n`);
const tellAttempt = (to: string, connected: boolean) => tell({ told: 'attempt', to, connected });

let task: ConfinementTask | undefined;
let network: WatchedNetwork | undefined;
let proxyPort: number | null = null;
let server: ChildProcess | undefined;

/** Ports in a network of our own are all free; a drill without one takes what this machine has. */
const [postgresPort, serverPort] = [5432, 8283];

onLines(process.stdin, (line) => {
  const work = task === undefined ? begin(line as ConfinementTask) : obey(line as Order);
  work.catch((error: unknown) => tell({ told: 'unable', reason: error instanceof Error ? error.message : String(error) }));
});
process.stdin.on('end', end).on('error', end);

function end(): void {
  network?.end();
  if (server?.pid !== undefined)
    try {
      process.kill(-server.pid, 'SIGKILL');
    } catch {
      // It has ended before.
    }
  process.exit();
}

async function begin(given: ConfinementTask): Promise<void> {
  task = given;
  const toPostgres = () => connect(given.postgresSocket);
  if (given.how === 'proxy') {
    proxyPort = await denyingProxy((to) => tellAttempt(to, true));
    const postgres = (await relay(0, toPostgres)).address() as AddressInfo;
    tell({ told: 'ready', postgresPort: postgres.port, serverPort: await freePort(), proxyPort, ipv6: false });
    return;
  }
  // What follows would cut this machine off from its network.
  if (readlinkSync('/proc/self/ns/net') === given.outsideNetwork) throw new Error('the process got no network of its own');
  network = await watchNetwork(given.python, given.directory, [postgresPort, serverPort], tellAttempt);
  await relay(postgresPort, toPostgres);
  await relay(given.serverSocket, () => connect(serverPort, '127.0.0.1'));
  tell({ told: 'ready', postgresPort, serverPort, proxyPort: null, ipv6: network.ipv6 });
}

async function obey(order: Order): Promise<void> {
  switch (order.order) {
    case 'control':
      tell({ told: 'control', outcomes: await control(order.address, order.name) });
      break;
    case 'settle':
      tell({ told: 'settled', dropped: (await network?.settle()) ?? 0 });
      break;
    case 'start':
      start(order);
  }
}

async function freePort(): Promise<number> {
  const taken = await relay(0, () => Promise.reject(new Error('nobody is meant to come')));
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  return port;
}

const viaProxy = (): Record<string, string> => {
  if (proxyPort === null) return {};
  const url = `http://127.0.0.1:${proxyPort}`;
  return Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()].map((each) => [each, url])),
  );
};

/** What came of reaching the outside on purpose. */
async function control(address: string, name: string): Promise<Record<string, string>> {
  const args = ['-I', '-S', join(import.meta.dirname, 'control.py'), proxyPort === null ? 'direct' : 'proxy', address, name];
  const said = await new Promise<string>((resolve, reject) =>
    execFile(task?.python ?? '', args, { env: { PATH: process.env.PATH, ...viaProxy() }, timeout: 30_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    ),
  );
  return JSON.parse(said) as Record<string, string>;
}

function start({ program, args, env, log }: Order & { order: 'start' }): void {
  const file = openSync(log, 'w', 0o600);
  // A group of its own, so that what it starts ends with it.
  server = spawn(program, args, { cwd: env.HOME, env: { ...env, ...viaProxy() }, stdio: ['ignore', file, file], detached: true });
  closeSync(file);
  server.once('error', (error) => tell({ told: 'ended', how: error.message }));
  server.once('exit', (code, signal) => tell({ told: 'ended', how: signal ?? `code ${code}` }));
  if (server.pid !== undefined) tell({ told: 'started', pid: server.pid });
}
