import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { privateServer } from '../../tests/support/postgres.ts';
import { temporaryDirectory } from '../../tests/support/test-cache.ts';
import { BuiltProgram } from './built-program.ts';
import { dumpClient } from './clients.ts';
import { describeMachine, type Machine } from './machine.ts';
import { Scene } from './scene.ts';

/** Tests trade durability for speed; here the server is as PostgreSQL comes. */
const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '128MB' };

/** Sets up server, clients, program and directory, and takes them away again whatever happens. */
export async function withScene(say: (line: string) => void, work: (scene: Scene, machine: Machine) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(temporaryDirectory(), 'lifeboat-bench-'));
  try {
    await chmod(directory, 0o755);
    const client = await dumpClient().catch((error: Error) => {
      say(`no pg_dump with zstd: ${error.message}`);
      return null;
    });
    await using server = await privateServer(15, { settings });
    const program = await BuiltProgram.make(directory);
    const machine = describeMachine({
      server: `PostgreSQL ${server.version} with pgvector ${server.pgvector}, its default settings`,
      pg_dump: client ? client.version : 'none with zstd',
    });
    await work(await Scene.set({ server, client, directory, program }), machine);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
