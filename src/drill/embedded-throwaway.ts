import { join } from 'node:path';
import { openDatabase } from '../postgres/open-database.ts';
import { LifeboatError } from '../report/errors.ts';
import { formatBytes } from '../report/format.ts';
import type { Manifest } from '../vault/manifest.ts';
import { makeDrillDirectory, newDrillId } from './drill-directory.ts';
import type { Throwaway, ThrowawayPlan } from './throwaway.ts';

/**
 * Plain bytes beyond which PGlite is not tried: it lives in 32-bit memory, and passes whole tables through it. Measured: 572 MiB
 * came back equal.
 */
export const embeddedLimit = 512 * 1024 * 1024;
/** What the engine takes at its peak, when it starts; measured, and next to the same for 2 MiB and for 572 MiB of rows. */
export const embeddedMemory = 1200 * 1024 * 1024;

/** How large a snapshot may be that is drilled embedded on this host, in plain bytes; 0: there is no memory for the engine. */
export function largestEmbedded(available: number = process.availableMemory()): number {
  return available < embeddedMemory ? 0 : embeddedLimit;
}

/** PGlite in a temporary directory, in this process: needs nothing, for what fits. */
export function embeddedPlan(): ThrowawayPlan {
  return {
    kind: 'embedded',
    what: `an embedded PostgreSQL (PGlite) in a temporary directory, for up to ${formatBytes(embeddedLimit)}`,
    make: makeEmbedded,
  };
}

async function makeEmbedded({ totals, id }: Manifest): Promise<Throwaway> {
  const available = process.availableMemory();
  if (totals.bytes > largestEmbedded(available))
    throw new LifeboatError('drill-too-large', {
      snapshot: id,
      size: formatBytes(totals.bytes),
      limit: formatBytes(embeddedLimit),
      memory: formatBytes(embeddedMemory),
      available: formatBytes(available),
    });
  const drill = newDrillId();
  const directory = await makeDrillDirectory(drill);
  const database = openDatabase(`pglite:${join(directory.path, 'database')}`, { create: true });
  const remove = async () => {
    try {
      await database.close();
    } finally {
      await directory.remove();
    }
  };
  try {
    const session = await database.connect();
    const [row] = await session.query(`select split_part(current_setting('server_version'), ' ', 1) as version`);
    await session.close();
    return {
      kind: 'embedded',
      database,
      postgres: row?.version ?? '',
      directory: directory.path,
      owner: directory.owner,
      url: null,
      systemIdentifier: null,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
