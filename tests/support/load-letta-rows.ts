import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fixtureEncryptionKey } from './fixtures.ts';
import { installLetta, type LettaRelease } from './letta-installations.ts';
import { checkout } from './test-cache.ts';

export interface LoadedRows {
  /** How many rows the models took. */
  loaded: number;
  refused: { table: string; id: string; error: string }[];
}

/** Loads every row of a database with the models of a real release, without its server. */
export async function loadLettaRows(url: string, release: LettaRelease): Promise<LoadedRows> {
  const python = join(await installLetta(release), 'bin/python');
  const home = mkdtempSync(join(tmpdir(), 'lifeboat-models-'));
  try {
    const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', LETTA_PG_URI: url, LETTA_ENCRYPTION_KEY: fixtureEncryptionKey };
    const script = join(checkout, 'tests/support/load-letta-rows.py');
    const { stdout } = await promisify(execFile)(python, [script, url], { env, maxBuffer: 2 ** 28 });
    // The models' warnings come first.
    return JSON.parse(stdout.slice(stdout.lastIndexOf('{"loaded":'))) as LoadedRows;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
