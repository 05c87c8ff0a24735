import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/lifeboat.mjs');

export interface ProgramRun {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The JSON lines of stdout. */
  lines: Record<string, unknown>[];
  /** The last line: summary or error. */
  last: Record<string, unknown> & { code?: string; type?: string };
}

export interface ProgramOptions {
  env?: Record<string, string>;
  /** Kill with this signal after so many milliseconds, or as soon as something is so. */
  kill?: { signal: NodeJS.Signals } & ({ after: number } | { when: () => Promise<boolean> });
  json?: boolean;
  /** Whoever would read stdout is gone before anything is written to it. */
  unread?: true;
}

/** Runs the real program, off a terminal, with --json unless told otherwise. */
export async function lifeboat(args: readonly string[], { env = {}, kill, json = true, unread }: ProgramOptions = {}): Promise<ProgramRun> {
  const child = spawn(process.execPath, [bin, ...args, ...(json ? ['--json'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  if (unread) child.stdout.destroy();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => child.once('close', (...how) => resolve(how)));
  const timer = kill && 'after' in kill ? setTimeout(() => child.kill(kill.signal), kill.after) : undefined;
  if (kill && 'when' in kill) await killWhen(child, kill.when, kill.signal);
  const [code, signal] = await ended;
  clearTimeout(timer);
  const lines = json ? parseLines(stdout) : [];
  return { code, signal, stdout, stderr, lines, last: lines.at(-1) ?? {} };
}

/** Asks every 20 ms, until it is so or the program has ended by itself. */
async function killWhen(child: ChildProcess, isSo: () => Promise<boolean>, signal: NodeJS.Signals): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    // Once: a second SIGINT would end the program at once.
    if (await isSo()) return void child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function parseLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
}
