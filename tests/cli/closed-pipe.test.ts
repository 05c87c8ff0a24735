import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { damageByCode } from '../repair/stage.ts';
import { loadFixtureEmbedded } from '../support/fixtures.ts';
import { lifeboat, type ProgramOptions } from '../support/program.ts';

/** `lifeboat … | head -1`: whoever closes the pipe stops the printing, not the work, and takes nothing from the exit code. */
describe('a closed pipe', () => {
  let directory: string;
  let database: string;
  let env: Record<string, string>;
  const run = (args: string[], options: ProgramOptions = {}) => lifeboat(args, { ...options, env });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-pipe-'));
    database = `pglite:${join(directory, 'letta')}`;
    const embedded = await loadFixtureEmbedded('letta-0.16.8', join(directory, 'letta'));
    await embedded.exec(`set session_replication_role = replica; ${Object.values(damageByCode).join(';\n')}`);
    await embedded.close();
    env = {
      LIFEBOAT_VAULT: join(directory, 'vault'),
      LIFEBOAT_PASSPHRASE: 's3cret passphrase',
      LIFEBOAT_STATE_DIR: directory,
      LIFEBOAT_SCRYPT_LOG_N: '10',
    };
    assert.equal((await run(['init'])).code, 0);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  for (const json of [true, false])
    it(`the verdict of verify stays, and so does an error (${json ? 'JSON' : 'plain'} lines)`, async () => {
      const found = await run(['verify', database], { json, unread: true });
      assert.deepEqual([found.code, found.signal, found.stderr], [4, null, '']);
      const unknown = await run(['verify', 'ffff'], { json, unread: true });
      assert.equal(unknown.code, 2);
    });

  it('a backup and a restore go on to their end', async () => {
    const backup = await run(['backup', database], { unread: true });
    assert.equal(backup.stderr, '');
    const listed = (await run(['list'])).lines.filter(({ type }) => type === 'snapshot');
    assert.equal(listed.length, 1);
    const target = `pglite:${join(directory, 'built')}`;
    const restored = await run(['restore', 'latest', '--to', target, '--yes'], { json: false, unread: true });
    assert.equal(restored.code, 0, restored.stderr);
    const compared = await run(['verify', target, '--against', 'latest']);
    assert.equal(compared.last.equal, true, JSON.stringify(compared.last));
  });
});
