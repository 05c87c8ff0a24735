import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What an exchange of embedded databases does to the file system; tests stop it in between. */
export interface DirectoryCalls {
  /** Durable: whole or not at all. */
  write(file: string, text: string): void;
  rename(from: string, to: string): void;
  remove(file: string): void;
}

export const systemDirectoryCalls: DirectoryCalls = {
  write(file, text) {
    const draft = `${file}.new`;
    writeFileSync(draft, text);
    sync(draft);
    renameSync(draft, file);
    sync(dirname(file));
  },
  rename(from, to) {
    renameSync(from, to);
    sync(dirname(to));
  },
  remove(file) {
    rmSync(file, { force: true });
    sync(dirname(file));
  },
};

/** A file's text, null where there is none. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    // Some file systems cannot sync a directory; their own server does what it does.
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(handle);
  }
}
