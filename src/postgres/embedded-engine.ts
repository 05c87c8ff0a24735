import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { LifeboatError } from '../report/errors.ts';
import { lockDirectory } from './embedded-lock.ts';

/** PostgreSQL compiled to WebAssembly, running in this process on one directory: one backend, one session at a time. */
export interface Engine {
  readonly pglite: PGlite;
  /** Waits until no other session is open. The function that is handed back ends this one's turn. */
  turn(): Promise<() => void>;
}

interface Shared {
  engine: Promise<Engine & { stop(): Promise<void> }>;
  users: number;
}

/** One engine per directory, whoever opens it. */
const running = new Map<string, Shared>();

export function isMemory(location: string): boolean {
  return location.startsWith('memory://');
}

/** @param create whether a directory that holds no database yet may become one */
export async function acquireEngine(location: string, create: boolean): Promise<Engine> {
  let shared = running.get(location);
  if (shared === undefined) {
    shared = { engine: start(location, create), users: 0 };
    running.set(location, shared);
    shared.engine.catch(() => running.delete(location));
  }
  shared.users++;
  return await shared.engine;
}

/** The last user stops the engine; what was in memory is gone then. */
export async function releaseEngine(location: string): Promise<void> {
  const shared = running.get(location);
  if (shared === undefined || --shared.users > 0) return;
  running.delete(location);
  await (await shared.engine).stop();
}

async function start(location: string, create: boolean): Promise<Engine & { stop(): Promise<void> }> {
  if (!isMemory(location)) refuseOtherDirectories(location, create);
  const unlock = isMemory(location) ? () => {} : lockDirectory(location);
  try {
    // Imported here: 10 MB that only embedded databases need.
    const [{ PGlite }, { vector }] = await Promise.all([import('@electric-sql/pglite'), import('@electric-sql/pglite-pgvector')]);
    const pglite = await PGlite.create(location, { extensions: { vector } });
    // Values pass as PostgreSQL's own text, both ways.
    for (const oid of Object.keys(pglite.parsers)) pglite.parsers[oid] = (value: string) => value;
    for (const oid of Object.keys(pglite.serializers)) pglite.serializers[oid] = (value: unknown) => String(value);

    let last: Promise<void> = Promise.resolve();
    const turn = async () => {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      return resolve;
    };
    const stop = async () => {
      await pglite.close();
      unlock();
    };
    return { pglite, turn, stop };
  } catch (error) {
    unlock();
    throw new LifeboatError(
      'database-unreachable',
      { database: `pglite:${location}`, reason: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}

function refuseOtherDirectories(directory: string, create: boolean): void {
  const entries = existsSync(directory) ? readdirSync(directory) : [];
  if (entries.includes('PG_VERSION') || (create && entries.length === 0)) return;
  const reason = entries.length > 0 ? 'The directory holds something else.' : `No database was ever made in ${basename(directory)}.`;
  throw new LifeboatError('no-such-database', { database: `pglite:${directory}`, reason });
}
