import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemFileCalls } from './file-calls.ts';
import type { Body } from './store.ts';
import { writeFault } from './store-fault.ts';

/** Bytes parked on disk (0600), to be removed in every case. */
export interface Spool extends Body {
  remove(): Promise<void>;
}

/** Writes a stream to a temporary file so that memory stays bounded. @throws LifeboatError disk-full … */
export async function spool(chunks: AsyncIterable<Buffer>, directory: string = tmpdir()): Promise<Spool> {
  let place: string | null = null;
  let size = 0;
  try {
    place = await mkdtemp(join(directory, 'lifeboat-spool-'));
    const path = join(place, 'object');
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of chunks) {
        await systemFileCalls.write(file, chunk);
        size += chunk.length;
      }
    } finally {
      await file.close();
    }
    const remove = removal(place);
    return { size, open: () => createReadStream(path, { highWaterMark: 512 * 1024 }), remove };
  } catch (cause) {
    if (place !== null) await removal(place)();
    if (!(cause instanceof Error && 'errno' in cause && 'syscall' in cause)) throw cause;
    throw writeFault(cause, {
      location: directory,
      path: 'lifeboat-spool',
      needed: size,
      free: await systemFileCalls.free(directory).catch(() => undefined),
    });
  }
}

const removal = (place: string) => () => rm(place, { recursive: true, force: true });
