import { join } from 'node:path';
import { openDatabase } from '../postgres/open-database.ts';
import { LifeboatError } from '../report/errors.ts';
import { formatBytes } from '../report/format.ts';
import type { Manifest } from '../vault/manifest.ts';
import { makeDrillDirectory, newDrillId } from './drill-directory.ts';
import type { Throwaway, ThrowawayPlan } from './throwaway.ts';

/** Plain bytes beyond which PGlite is not tried: it lives in 32-bit memory and passes whole tables through it. */
export const embeddedLimit = 256 * 1024 * 1024;
/** A table is there several times while it is copied: as it came, as one piece, and in the engine. */
const copies = 4;

/** How large a snapshot may be that is drilled embedded on this host, in plain bytes. */
export function largestEmbedded(free: number = process.availableMemory()): number {
  return Math.min(embeddedLimit, Math.floor(free / copies));
}

/** PGlite in a temporary directory, in this process: needs nothing, for what fits. */
export function embeddedPlan(): ThrowawayPlan {
  return {
    kind: 'embedded',
    what: `an embedded PostgreSQL (PGlite) in a temporary directory; it takes up to ${formatBytes(largestEmbedded())} here`,
    make: makeEmbedded,
  };
}

async function makeEmbedded({ totals, id }: Manifest): Promise<Throwaway> {
  const limit = largestEmbedded();
  if (totals.bytes > limit)
    throw new LifeboatError('drill-too-large', { snapshot: id, size: formatBytes(totals.bytes), limit: formatBytes(limit) });
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
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
