import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fetchedDirectories, fetchPostgres, pinnedPostgres } from '../../src/drill/fetch-postgres.ts';
import { never } from '../road/road.ts';
import { DrillStage } from './stage.ts';

let stage: DrillStage;
let cache: string;
const environment = () => ({ ...process.env, XDG_CACHE_HOME: cache });

describe('PostgreSQL that is fetched for a drill', { skip: pinnedPostgres() === null && 'there is none for this platform' }, () => {
  before(async () => {
    stage = await DrillStage.set('letta-0.16.2');
    cache = await mkdtemp(join(tmpdir(), 'lifeboat-cache-'));
    await chmod(cache, 0o755);
  });
  after(async () => {
    await stage[Symbol.asyncDispose]();
    await rm(cache, { recursive: true, force: true });
  });

  it('an archive with another SHA-256 is refused, and nothing of it stays', async () => {
    const pinned = pinnedPostgres();
    assert.ok(pinned);
    const other = { ...pinned, sha256: pinned.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) };
    await assert.rejects(fetchPostgres(environment(), never, other), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'drill-fetch-failed');
      assert.match(error.message, /hash/i);
      return true;
    });
    assert.deepEqual(readdirSync(join(cache, 'lifeboat')), []);
  });

  it('without --fetch nothing is fetched: the error says how; with it a drill is proven, and the next one finds it', async () => {
    const left = join(cache, 'lifeboat', '.fetching-long-ago');
    mkdirSync(left, { recursive: true });
    utimesSync(left, new Date(0), new Date(0));
    // No PostgreSQL in PATH: python3 and what else is needed are there.
    const env = { XDG_CACHE_HOME: cache, PATH: await withoutPostgres() };
    const without = await stage.run(['--on', 'local'], { env });
    if (without.code === 3) return; // This host has PostgreSQL with pgvector where packages put it.
    assert.deepEqual([without.code, without.last.code], [14, 'drill-no-postgres'], without.stdout);
    assert.match(String(without.last.next), /--fetch/);
    const fetched = await stage.run(['--fetch'], { env });
    assert.deepEqual([fetched.code, fetched.last.outcome], [3, 'proven'], fetched.stdout + fetched.stderr);
    assert.ok(fetchedDirectories({ XDG_CACHE_HOME: cache }).every((directory) => existsSync(join(directory, 'initdb'))));
    assert.equal(existsSync(left), false);
    const again = await stage.run(['--on', 'local'], { env });
    assert.deepEqual([again.code, again.last.outcome], [3, 'proven'], again.stdout);
    assert.match(JSON.stringify(again.lines[0]), /16\.14, 18\.4 found here/);
  });
});

/** PATH without directories that hold PostgreSQL's server. */
async function withoutPostgres(): Promise<string> {
  return (process.env.PATH ?? '')
    .split(':')
    .filter((directory) => !existsSync(join(directory, 'postgres')))
    .join(':');
}
