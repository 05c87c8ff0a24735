import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all files below a directory, or of a file. */
export async function directorySize(path: string): Promise<number> {
  const facts = await stat(path);
  if (!facts.isDirectory()) return facts.size;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await directorySize(join(path, name));
  return bytes;
}
