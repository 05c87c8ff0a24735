import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who runs PostgreSQL's programs when this process is root, which they refuse. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Accounts that exist on most systems and own nothing that matters to a drill. */
const usualAccounts = ['postgres', 'nobody'];

/** Undefined when this process is not root and runs them itself; null when it is and there is none. */
export async function programAccount(): Promise<Account | undefined | null> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of usualAccounts) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such account: the next one.
    }
  }
  return null;
}

/** Neither the PG* variables nor the locale of whoever drills reach the programs, and no secret of Lifeboat's or Letta's does. */
export function cleanEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => /^(PATH|TMPDIR|TZ|HOME|LD_LIBRARY_PATH|DYLD_\w+|SystemRoot)$/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

export interface RunOptions {
  /** Who runs it; undefined: this process's own account. */
  account: Account | undefined;
  cwd: string;
  signal?: AbortSignal;
  /** After which it is ended. */
  seconds: number;
  /** Default: next to nothing. */
  environment?: NodeJS.ProcessEnv;
}

/** Runs a program to its end. @returns all that it printed. @throws what execFile throws, with `stderr` */
export async function runProgram(
  program: string,
  args: readonly string[],
  { account, cwd, signal, seconds, environment = cleanEnvironment() }: RunOptions,
): Promise<string> {
  const { stdout, stderr } = await run(program, args, {
    cwd,
    env: environment,
    timeout: seconds * 1000,
    ...(signal && { signal }),
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  return stdout + stderr;
}
