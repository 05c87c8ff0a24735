import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';

/** A real file system of 2 MB, where this user may mount one. */
function mountSmall(directory: string): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no right to mount a tmpfs on this machine';
  }
}

it('fault 11: a disk that is full is said with what was needed and what is free, and earlier snapshots stay', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-full-'));
  const reason = mountSmall(directory);
  try {
    if (reason !== null) return t.skip(reason);
    await using source = await loadFixture(await testServer(16), 'letta-0.16.8');
    const identity = await generateIdentity();
    await writeFile(join(directory, 'me.txt'), identity, { mode: 0o600 });
    const env = { LIFEBOAT_VAULT: join(directory, 'vault'), LIFEBOAT_IDENTITY: join(directory, 'me.txt'), LIFEBOAT_STATE_DIR: directory };
    await lifeboat(['init', '--recipient', await identityToRecipient(identity)], { env });
    assert.equal((await lifeboat(['backup', source.url], { env })).code, 0);

    await source.query(
      "create table noise as select i as id, string_agg(md5(random()::text), '') as filler from generate_series(1, 3000) i, generate_series(1, 60) k group by i",
    );
    const full = await lifeboat(['backup', source.url], { env });
    assert.deepEqual([full.code, full.last.code], [1, 'disk-full'], full.stdout + full.stderr);
    assert.match(full.stdout, /\d+ bytes were to be written, \d+ bytes are free/);
    assert.deepEqual(await readdir(join(directory, 'vault/tmp')).catch(() => []), []);

    const listed = await lifeboat(['list'], { env });
    assert.equal(listed.lines.filter((line) => line.type === 'snapshot').length, 1);
    assert.equal((await lifeboat(['verify', 'latest'], { env })).code, 0);
  } finally {
    if (reason === null) execFileSync('umount', [directory]);
    await rm(directory, { recursive: true, force: true });
  }
});
