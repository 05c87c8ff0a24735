import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** A command to be timed from outside, as a whole process. */
export interface Command {
  program: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Exit codes besides 0 that are as they should be: an upgrade that drops something says so with one. */
  expected?: readonly number[];
}

export interface Measured {
  seconds: number;
  /** Most memory that the process and its children held at once, in bytes: sampled, and exact for a single process. */
  peak: number;
  said: string;
}

const interval = 20;

/** Runs a command to its end. @throws when it ends otherwise than it should */
export async function measure({ program, args, env, cwd, expected = [] }: Command): Promise<Measured> {
  const started = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000);
    });
  let peak = 0;
  const timer = setInterval(async () => {
    if (child.pid !== undefined) peak = Math.max(peak, await memoryOf(child.pid));
  }, interval);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0 && !expected.includes(code ?? -1))
      throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said.slice(-3000)}`);
    return { seconds, peak, said };
  } finally {
    clearInterval(timer);
  }
}

/** A process without children: its own high-water mark. With children: what all of them hold now. */
async function memoryOf(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).split(' ').filter(Boolean).map(Number);
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const field = children.length === 0 ? /VmHWM:\s+(\d+) kB/ : /VmRSS:\s+(\d+) kB/;
  const own = Number(field.exec(status)?.[1] ?? 0) * 1024;
  const theirs = await Promise.all(children.map(memoryOf));
  return theirs.reduce((sum, bytes) => sum + bytes, own);
}
