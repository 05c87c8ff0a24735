import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type ConfinementTask, onLines, type Told } from './confinement-messages.ts';
import type { Way } from './ways.ts';

export type Keeper = ChildProcessByStdio<Writable, Readable, Readable>;
export type KeeperTask = Omit<ConfinementTask, 'how' | 'outsideNetwork'>;

/** Starts the keeper of a confinement (`confinement-keeper.ts`) the way that is asked for, and gives it its task. */
export function startKeeper(way: Way, task: KeeperTask): Keeper {
  const program = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './confinement-keeper.ts' : './confinement-keeper.js', import.meta.url),
  );
  const [first = process.execPath, ...rest] = [...way.command, process.execPath, program];
  const { PATH = '' } = process.env;
  // A group of its own: Ctrl-C is for the drill, which ends the keeper in its own time.
  const keeper = spawn(first, rest, { cwd: task.directory, stdio: ['pipe', 'pipe', 'pipe'], env: { PATH }, detached: true });
  keeper.stdin.on('error', () => {}); // a keeper that has ended says so itself
  const outsideNetwork = process.platform === 'linux' ? readlinkSync('/proc/self/ns/net') : '';
  keeper.stdin.write(`${JSON.stringify({ ...task, how: way.how, outsideNetwork } satisfies ConfinementTask)}\n`);
  return keeper;
}

/** Ends a process and what it started in its group; nothing where it is gone. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

/** Whether the keeper could begin, in its own words or those of what should have run it. */
export function firstWord(keeper: Keeper): Promise<Told> {
  let said = '';
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  return new Promise((resolve) => {
    keeper.once('error', (error) => resolve({ told: 'unable', reason: error.message }));
    keeper.once('close', () => resolve({ told: 'unable', reason: said.trim().split('\n').at(-1) || 'it ended without a word' }));
    onLines(keeper.stdout, (line) => resolve(line as Told));
  });
}
