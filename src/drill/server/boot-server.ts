import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findHome } from '../../postgres/home.ts';
import { introspect } from '../../postgres/introspect.ts';
import { openDatabase } from '../../postgres/open-database.ts';
import { readPasswordFile } from '../../postgres/server-password-file.ts';
import { serverTarget } from '../../postgres/server-target.ts';
import { LifeboatError } from '../../report/errors.ts';
import { formatCountOf } from '../../report/format.ts';
import type { Reporter } from '../../report/progress.ts';
import type { Proof } from '../proof.ts';
import { type Answer, ServerQuestions } from './ask-server.ts';
import { type Bounds, compareAnswers, type Expected, readExpected, usualBounds } from './compare-answers.ts';
import type { Confinement, ControlRun } from './confinement.ts';
import { ExpectedAnswers } from './expected-answers.ts';
import { openConfinement } from './open-confinement.ts';
import { compareAttempts, type OutsideAddresses, outsideAddresses } from './outside-addresses.ts';
import { serveDatabaseAt } from './postgres-upstream.ts';
import { serverEnvironment } from './server-environment.ts';
import type { ServerProgram } from './server-program.ts';
import type { Way } from './ways.ts';

export interface BootOptions {
  program: ServerProgram;
  /** `postgresql://…` of the drilled database, as this process reaches it. The server writes to it: it is thrown away afterwards. */
  url: string;
  /** LETTA_ENCRYPTION_KEY as the source's server has it; null: not given. */
  encryptionKey: string | null;
  /** Throwaway: HOME of the server and sockets are made in it. Short, for the path of a socket has room for 107 bytes. */
  directory: string;
  reporter: Reporter;
  signal: AbortSignal;
  bounds?: Bounds;
  /** Which ways of confining are tried, in this order. */
  ways?: readonly Way[];
}

/** A server on a small machine takes half a minute; a slow disk several times that. */
const patience = 300_000;

/**
 * Boots a real Letta server on the drilled database where it reaches nothing else, and compares what it answers with what
 * the rows say. To be called when equality has been shown: a boot and some GETs change rows (letta-server.md §10.1, §0.5).
 *
 * @throws LifeboatError drill-confinement, drill-control, letta-server-failed, and what reading the database throws
 */
export async function bootServer(options: BootOptions): Promise<NonNullable<Proof['server']>> {
  const { program, directory, reporter, signal } = options;
  const { expected, outside } = await readRows(options);
  const home = join(directory, 'home');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const target = serverTarget(options.url, process.env);
  const password = target.password ?? (await readPasswordFile(target, process.env));
  const postgresSocket = join(directory, 'pg');
  const database = await serveDatabaseAt(postgresSocket, target);
  let confinement: Confinement | undefined;
  const end = () => void confinement?.close();
  signal.addEventListener('abort', end, { once: true });
  try {
    confinement = await openConfinement(
      { python: program.python, directory, postgresSocket, serverSocket: join(directory, 'http') },
      options,
    );
    signal.throwIfAborted();
    const control = await tryControl(confinement);
    const { ready } = confinement;
    const env = serverEnvironment({
      version: program.version,
      target: { ...target, password },
      postgresPort: ready.postgresPort,
      encryptionKey: options.encryptionKey,
      home,
      path: process.env.PATH ?? '',
    });
    const log = join(directory, 'server.log');
    const began = performance.now();
    const args = ['server', '--host', '127.0.0.1', '--port', String(ready.serverPort)];
    confinement.start({ program: program.letta, args, env, log });
    const at =
      confinement.way.how === 'namespace' ? { socketPath: join(directory, 'http') } : { host: '127.0.0.1', port: ready.serverPort };
    const server = new ServerQuestions(at, signal);
    await firstAnswer(server, confinement, program.version, log);
    const secondsToFirstAnswer = (performance.now() - began) / 1000;
    reporter.detail(`Letta ${program.version} answered after ${secondsToFirstAnswer.toFixed(1)} s`);
    const compared = await compareAnswers(server, expected);
    const { attempts, unseen } = await confinement.attempts();
    if (unseen > 0)
      reporter.warning({
        code: 'server-attempts-unseen',
        message: `${formatCountOf(unseen, 'packet')} of the server were stopped, but lost before anybody looked at them: what it tried to reach is not fully known.`,
        partial: true,
      });
    return {
      version: program.version,
      secondsToFirstAnswer,
      compared: [...compared, ...compareAttempts(outside, attempts)],
      network: { how: howConfined(confinement, unseen), attempts, controlCaught: control.caught },
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    await confinement?.close();
    await new Promise((resolve) => database.close(resolve));
  }
}

async function readRows({ url, bounds = usualBounds }: BootOptions): Promise<{ expected: Expected; outside: OutsideAddresses[] }> {
  const database = openDatabase(url);
  const session = await database.connect();
  try {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const home = await findHome(session);
    const rows = new ExpectedAnswers(session, home, await introspect(session, home));
    return { expected: await readExpected(rows, bounds), outside: await outsideAddresses(rows) };
  } finally {
    await session.close();
    await database.close();
  }
}

function howConfined({ way, ready }: Confinement, unseen: number): string {
  const blind = way.how === 'namespace' && !ready.ipv6 ? '; without IPv6 in it, attempts at IPv6 addresses fail uncounted' : '';
  return way.says + blind + (unseen > 0 ? `; ${unseen} packets were not seen` : '');
}

/** The check that can fail: without it, "nothing was tried" could mean that nobody looked. */
async function tryControl(confinement: Confinement): Promise<ControlRun> {
  const control = await confinement.control().catch((error: Error) => ({ caught: false, outcomes: { control: error.message } }));
  if (control.caught) return control;
  const outcomes = Object.entries(control.outcomes).map(([to, outcome]) => `${to}: ${outcome}`);
  throw new LifeboatError('drill-control', { how: confinement.way.says, outcomes });
}

async function firstAnswer(server: ServerQuestions, confinement: Confinement, version: string, log: string): Promise<void> {
  let ended: string | undefined;
  void confinement.serverEnded.then((how) => {
    ended = how;
  });
  let answer: Answer = { status: 0, error: '' };
  for (const giveUp = performance.now() + patience; performance.now() < giveUp && ended === undefined; await sleep(200)) {
    answer = await server.get('/v1/health/');
    if (answer.status === 200) return;
  }
  const reason = ended === undefined ? `it did not answer in ${patience / 1000} s` : `it ended with ${ended}`;
  const said = await readFile(log, 'utf8').catch(() => '');
  throw new LifeboatError('letta-server-failed', { version, reason, log: said.trim().split('\n').slice(-12).join('\n') });
}
