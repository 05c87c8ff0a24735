import { open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LifeboatError } from '../report/errors.ts';

/** @throws LifeboatError file-unreadable. `purpose`: what the file was named as. */
export async function readTextFile(file: string, purpose: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new LifeboatError('file-unreadable', { file, purpose, reason: reasonOf(cause) }, { cause });
  }
}

/** Writes a file that must not exist yet, for its owner only. @throws LifeboatError file-unwritable */
export async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    // A new file that is "not there" is one whose directory is not.
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new LifeboatError(
      'file-unwritable',
      { file, reason: missing ? `there is no directory ${dirname(file)}` : reasonOf(cause) },
      { cause },
    );
  }
}

/** Whether `writeNewFile` could write it now: known before hours of work. @throws LifeboatError file-unwritable */
export async function checkNewFile(file: string): Promise<void> {
  await writeNewFile(file, '');
  await rm(file);
}

function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    ENOENT: 'it is not there',
    EACCES: 'it may not be opened',
    EEXIST: 'it is there already',
    EISDIR: 'it is a directory',
  };
  return known[code ?? ''] ?? String(code ?? cause);
}
