import { execFile } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const checkout = resolve(import.meta.dirname, '../..');

/** What tests download and build once. Git ignores it; deleting it is always safe. */
export const cacheDirectory = resolve(process.env.LIFEBOAT_TEST_CACHE || join(checkout, '.cache'));

export interface Account {
  uid: number;
  gid: number;
}

const run = promisify(execFile);

let account: Promise<Account | undefined> | undefined;

/** PostgreSQL refuses to run as root: who runs it then. Undefined when this process may run it itself. */
export function unprivilegedAccount(): Promise<Account | undefined> {
  account ??= findAccount();
  return account;
}

async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // no such account: the next one
    }
  }
  throw new Error('PostgreSQL does not run as root and this machine has neither an account "postgres" nor "nobody"');
}

/** May accounts other than ours walk into this directory? (A checkout below a directory of mode 0700 may not be.) */
function openToOthers(directory: string): boolean {
  for (let at = directory; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005 && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** A directory for programs that the unprivileged account has to reach: in the cache if it can, else beside temporary files. */
export function sharedProgramsDirectory(): string {
  mkdirSync(cacheDirectory, { recursive: true });
  if (process.getuid?.() !== 0 || openToOthers(cacheDirectory)) return cacheDirectory;
  const directory = join(temporaryDirectory(), 'lifeboat-test-cache');
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  if (statSync(directory).uid !== process.getuid?.()) throw new Error(`${directory} belongs to someone else; set LIFEBOAT_TEST_CACHE`);
  return directory;
}

/** Where data directories are made: reachable for the unprivileged account too. */
export function temporaryDirectory(): string {
  const usual = tmpdir();
  return process.getuid?.() !== 0 || openToOthers(usual) ? usual : '/tmp';
}
