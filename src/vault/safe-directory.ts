import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LifeboatError } from '../report/errors.ts';
import { type FileCalls, systemFileCalls } from './file-calls.ts';
import { errnoOf } from './store-fault.ts';

/** Some network file systems cannot fsync a directory; their own server does what it does. */
const cannotSync = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** Makes a directory's entries durable. */
export async function syncDirectory(path: string, calls: Pick<FileCalls, 'sync'> = systemFileCalls): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await calls.sync(directory);
  } catch (cause) {
    if (!cannotSync.has(errnoOf(cause))) throw cause;
  } finally {
    await directory.close();
  }
}

/** Creates `root` and `relative` under it (0700), each made durable in its parent. @throws LifeboatError store-link */
export async function makeDirectories(root: string, relative: string): Promise<void> {
  const outermost = await mkdir(root, { recursive: true, mode: 0o700 });
  // Every directory that mkdir made hangs in a parent whose entry must last too, from the root's own up.
  for (let made = root; outermost !== undefined && made.length >= outermost.length; made = dirname(made))
    await syncDirectory(dirname(made));
  for (const path of stepsOf(root, relative)) {
    try {
      await mkdir(path, { mode: 0o700 });
      await syncDirectory(dirname(path));
    } catch (cause) {
      if (errnoOf(cause) !== 'EEXIST') throw cause;
      await refuseLink(root, path);
    }
  }
}

/** Refuses a path whose directories under `root` are not plain directories. @throws LifeboatError store-link; ENOENT */
export async function refuseLinks(root: string, relative: string): Promise<void> {
  for (const path of stepsOf(root, relative)) await refuseLink(root, path);
}

async function refuseLink(root: string, path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) throw new LifeboatError('store-link', { location: root, path: path.slice(root.length + 1) });
}

function stepsOf(root: string, relative: string): string[] {
  if (relative === '.' || relative === '') return [];
  const parts = relative.split('/');
  return parts.map((_, index) => join(root, ...parts.slice(0, index + 1)));
}
