import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { damageByCode } from '../repair/stage.ts';
import { loadFixtureEmbedded } from '../support/fixtures.ts';
import { lifeboat, type ProgramOptions } from '../support/program.ts';

/** `verify DB --repair` and `undo` from end to end, on an embedded database. */
describe('repair and undo', () => {
  let directory: string;
  let vault: string;
  let database: string;
  let env: Record<string, string>;
  const run = (args: string[], options: ProgramOptions = {}) => lifeboat(args, { ...options, env: { ...env, ...options.env } });
  const finds = async (code: string) =>
    (await run(['verify', database])).lines.some((line) => line.type === 'finding' && line.code === code);

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-repair-'));
    vault = join(directory, 'vault');
    database = `pglite:${join(directory, 'letta')}`;
    const embedded = await loadFixtureEmbedded('letta-0.16.8', join(directory, 'letta'));
    await embedded.exec(`set session_replication_role = replica; ${Object.values(damageByCode).join(';\n')}`);
    await embedded.close();
    env = { LIFEBOAT_VAULT: vault, LIFEBOAT_PASSPHRASE: 's3cret passphrase', LIFEBOAT_STATE_DIR: directory, LIFEBOAT_SCRYPT_LOG_N: '10' };
    assert.equal((await run(['init'])).code, 0);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('off a terminal names --yes, and a snapshot cannot be mended', async () => {
    const unasked = await run(['verify', database, '--repair']);
    assert.deepEqual([unasked.code, unasked.last.code], [2, 'usage']);
    assert.match(String(unasked.last.next), /--yes/);
    assert.ok(
      unasked.lines.some(({ type }) => type === 'plan'),
      'the plan is shown all the same',
    );
    const snapshot = await run(['verify', 'latest', '--repair', '--yes']);
    assert.equal(snapshot.code, 2);
    assert.match(String(snapshot.last.message), /latest was taken for a snapshot, as it is no URL of a database/);
    // Typed as it was shown, a command would end here again.
    assert.match(String(snapshot.last.next), /^Name the database by its URL/);
    assert.doesNotMatch(String(snapshot.last.next), /lifeboat|\bV\b/);
    assert.equal((await run(['verify', database, '--repair', '--against', 'latest', '--yes'])).code, 2);
    const nowhere = await run(['verify', database, '--repair', '--yes'], { env: { LIFEBOAT_VAULT: '' } });
    assert.match(String(nowhere.last.next), /--vault/);
  });

  it('what verify goes on with names this database and the vault that was given, if one was', async () => {
    const shown = async (environment: Record<string, string>) =>
      (await run(['verify', database], { json: false, env: environment })).stdout;
    assert.ok((await shown({})).includes(`\n  lifeboat verify ${database} --repair --vault ${vault}   #`));
    assert.ok((await shown({ LIFEBOAT_VAULT: '' })).includes(`\n  lifeboat verify ${database} --repair --vault V   #`));
  });

  let record = '';
  it('shows finding for finding what would be done, does it, and prints the way back', async () => {
    const { code, lines, last } = await run(['verify', database, '--repair', '--yes']);
    assert.equal(last.type, 'summary', JSON.stringify(last));
    record = String(last.record);
    assert.match(record, /^[0-9a-f]{16}$/);
    const repairs = lines.filter(({ type }) => type === 'repair');
    for (const damage of Object.keys(damageByCode)) {
      const line = repairs.find((each) => each.code === damage && each.what === 'mend');
      assert.ok(line, damage);
      assert.ok((line.sql as string[]).length > 0 && (line.changes as number) > 0);
      assert.ok((last.mended as { code: string }[]).some((mended) => mended.code === damage));
    }
    const plan = lines.find(({ type }) => type === 'plan');
    assert.deepEqual([plan?.verb, plan?.plan], ['verify --repair', last.plan]);
    assert.deepEqual([last.done, last.undoable, last.warnings], [true, true, []]);
    // Exit code and findings are those of what is left.
    const after = await run(['verify', database]);
    assert.equal(code, after.code);
    assert.equal((last.findings as unknown[]).length, (after.last.findings as unknown[]).length);
    assert.equal(
      after.lines.some((line) => line.type === 'finding' && line.code === 'sequence-behind'),
      false,
    );
    assert.equal((await readdir(join(vault, 'undo'))).length, 1);
  });

  it('a second repair finds nothing that it would change', async () => {
    const { last, lines } = await run(['verify', database, '--repair', '--yes']);
    assert.deepEqual([last.done, last.record, last.changes], [false, null, 0]);
    assert.equal(
      lines.some(({ type }) => type === 'plan'),
      false,
    );
  });

  it('undo takes it back, once, and names what there is instead', async () => {
    const unknown = await run(['undo', 'ffff', database, '--yes']);
    assert.deepEqual([unknown.code, unknown.last.code], [2, 'no-such-record']);
    assert.match(String(unknown.last.message), new RegExp(record));
    const { stdout, stderr, code } = await run(['undo', record.slice(0, 8), database, '--yes'], { json: false });
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`${record} is taken back`));
    assert.match(stdout, /lifeboat undo [0-9a-f]{16} \S+ --vault/);
    assert.ok(await finds('sequence-behind'));
    const again = await run(['undo', record, database, '--yes']);
    assert.deepEqual([again.code, again.last.code], [14, 'nothing-to-undo']);
  });

  it('a writer key repairs and cannot undo', async () => {
    const writer = join(directory, 'writer.key');
    assert.equal((await run(['key', 'export', '--writer', '--to', writer])).code, 0);
    const asWriter = { env: { LIFEBOAT_PASSPHRASE: '' } };
    const mended = await run(['verify', database, '--repair', '--yes', '--identity', writer], asWriter);
    assert.equal(mended.last.done, true, JSON.stringify(mended.last));
    const refused = await run(['undo', String(mended.last.record), database, '--yes', '--identity', writer], asWriter);
    assert.equal(refused.last.code, 'writer-only');
    assert.equal((await run(['undo', String(mended.last.record), database, '--yes'])).last.done, true);
  });
});
