import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DrillOwner } from '../postgres/build-mark.ts';
import { systemProcesses } from '../vault/process-identity.ts';
import { type DrillMark, directoryName, markFile, writeMark } from './drill-mark.ts';
import { endProcess, type FoundProcess, processesIn } from './processes-in.ts';

/** A directory of this drill's own, marked as such. */
export interface DrillDirectory {
  path: string;
  owner: DrillOwner;
  /** Removes it with all that is in it, and ends what still works in it. */
  remove(): Promise<unknown>;
}

/** Makes the marked directory that every throwaway database has, be it only for the mark. */
export async function makeDrillDirectory(
  id: string,
  options: { database?: NonNullable<DrillMark['database']> } = {},
): Promise<DrillDirectory> {
  const path = join(drillRoot(), directoryName(id));
  const owner: DrillOwner = { id, process: systemProcesses.self() };
  // As root, PostgreSQL runs under another account, which has to pass through but sees nothing.
  await mkdir(path, { mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  await writeMark(path, { lifeboat: 1, drill: owner, started: new Date().toISOString(), database: options.database ?? null });
  return { path, owner, remove: () => removeDirectory(path) };
}

/**
 * Ends what still works in a drill's directory and removes it. The mark goes last: whoever is killed here leaves a
 * directory that still says what it is. @returns the processes that were ended
 */
export async function removeDirectory(path: string): Promise<FoundProcess[]> {
  const working = await processesIn(path);
  for (const { pid } of working) await endProcess(pid);
  // What has just ended may still take files away, or make some.
  const patient = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };
  const entries = await readdir(path).catch(() => []);
  for (const entry of entries.filter((each) => each !== markFile)) await rm(join(path, entry), patient);
  await rm(path, patient);
  return working;
}

export const newDrillId = (): string => randomBytes(8).toString('hex');

/** Where drills' directories are made and looked for: among temporary files, where the account that runs PostgreSQL can pass. */
export function drillRoot(): string {
  const usual = realpathSync(tmpdir());
  return process.getuid?.() !== 0 || isOpen(usual) ? usual : '/tmp';
}

/** Whether other accounts may pass through a directory. */
function isOpen(directory: string): boolean {
  for (let at = directory; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
