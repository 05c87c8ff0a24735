import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LifeboatError } from '../report/errors.ts';

/**
 * Keeps other processes out of an embedded database: PGlite itself does not, and two engines in one directory destroy
 * it. The file lies beside the directory and names its holder; one of a process that is gone is passed over.
 */
export function lockDirectory(directory: string): () => void {
  const file = `${directory}.lock`;
  mkdirSync(dirname(directory), { recursive: true });
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(file, 'utf8'));
      // This process holds it through no engine that runs: it must have crashed half-way through a start.
      if (attempt > 0 || (holder !== process.pid && isAlive(holder))) {
        throw new LifeboatError('database-busy', { database: `pglite:${directory}`, holder: `process ${holder || 'unknown'} (${file})` });
      }
      rmSync(file, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
