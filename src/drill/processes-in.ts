import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemProcesses } from '../vault/process-identity.ts';

/** A program of PostgreSQL's that works in a drill's directory. */
export interface FoundProcess {
  pid: number;
  program: string;
}

const programs = new Set(['postgres', 'initdb']);

/**
 * The PostgreSQL programs that were started with `-D directory/data`: what a drill starts, and nobody who only looks
 * into the directory (an editor, a shell, a backup).
 */
export async function processesIn(directory: string): Promise<FoundProcess[]> {
  const data = join(directory, 'data');
  const all = existsSync('/proc/self/cmdline') ? await fromProc() : await fromPs();
  return all.flatMap(({ pid, words }) => {
    const program = basename(words[0] ?? '');
    const given = words.findIndex((word, index) => word === '-D' && words[index + 1] === data);
    return programs.has(program) && given > 0 && pid !== process.pid ? [{ pid, program }] : [];
  });
}

/** Ends a process: first as PostgreSQL wants it, so that it gives its shared memory back; then by force. */
export async function endProcess(pid: number): Promise<void> {
  const start = systemProcesses.startOf(pid);
  const alive = () => {
    const now = systemProcesses.startOf(pid);
    return now !== null && now === start;
  };
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    try {
      if (alive()) process.kill(pid, signal);
    } catch {
      return; // It ended by itself.
    }
    for (let waited = 0; waited < 5000 && alive() && !(await isZombie(pid)); waited += 50) await sleep(50);
    if (!alive() || (await isZombie(pid))) return;
  }
}

async function fromProc(): Promise<{ pid: number; words: string[] }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = pids.map(async (pid) => {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return { pid: Number(pid), words: text.split('\0') };
  });
  return await Promise.all(read);
}

/** Without /proc words are told apart by spaces: a directory's name with a space in it is not found then. */
async function fromPs(): Promise<{ pid: number; words: string[] }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,args='], { maxBuffer: 2 ** 26 });
  return stdout.split('\n').flatMap((line) => {
    const [pid, ...words] = line.trim().split(/\s+/);
    return pid === undefined || pid === '' ? [] : [{ pid: Number(pid), words }];
  });
}

/** Ended, and only its parent has not asked for the result yet. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /^.*\) Z /s.test(stat);
}
