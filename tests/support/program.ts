import { spawn } from 'node:child_process';
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
  /** Kill with this signal after so many milliseconds. */
  kill?: { after: number; signal: NodeJS.Signals };
  json?: boolean;
}

/** Runs the real program, off a terminal, with --json unless told otherwise. */
export async function lifeboat(args: readonly string[], { env = {}, kill, json = true }: ProgramOptions = {}): Promise<ProgramRun> {
  const child = spawn(process.execPath, [bin, ...args, ...(json ? ['--json'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const timer = kill && setTimeout(() => child.kill(kill.signal), kill.after);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...ended) => resolve(ended)),
  );
  clearTimeout(timer);
  const lines = json ? parseLines(stdout) : [];
  return { code, signal, stdout, stderr, lines, last: lines.at(-1) ?? {} };
}

function parseLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
}
