import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encryptedColumns } from '../../src/letta/secret-columns.ts';
import { type FixtureName, loadFixtureEmbedded } from '../support/fixtures.ts';
import { lifeboat } from '../support/program.ts';

/** What `show` says of secrets where none is in an encrypted column: that is no promise that there are none. */
describe('secrets of a snapshot', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-secrets-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const shown = async (fixture: FixtureName, change: string): Promise<string> => {
    const env = { LIFEBOAT_VAULT: join(directory, `${fixture}-vault`), LIFEBOAT_STATE_DIR: directory };
    const database = await loadFixtureEmbedded(fixture, join(directory, fixture));
    await database.exec(change);
    await database.close();
    assert.equal((await lifeboat(['init', '--no-encryption'], { env })).code, 0);
    const saved = await lifeboat(['backup', `pglite:${join(directory, fixture)}`], { env });
    assert.ok(saved.code === 0 || saved.code === 3, saved.stdout);
    const { stdout } = await lifeboat(['show', 'latest'], { env, json: false });
    return /^ {2}secrets +(.*)$/m.exec(stdout)?.[1] ?? stdout;
  };

  it('before 0.12.0 they are kept in clear, and that is said', async () => {
    assert.equal(await shown('letta-0.11.3', ''), 'none encrypted: Letta before 0.12.0 keeps them in clear');
  });

  it('encrypted columns that hold nothing', async () => {
    const emptied = encryptedColumns.map(({ table, column }) => `update ${table} set ${column} = null;`).join('\n');
    assert.equal(await shown('letta-0.16.8', emptied), 'none encrypted');
  });
});
