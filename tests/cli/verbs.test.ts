import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { allChecks } from '../../src/verify/all-checks.ts';
import { loadFixtureEmbedded } from '../support/fixtures.ts';
import { lifeboat, type ProgramOptions } from '../support/program.ts';

/** The verbs from end to end, on an embedded database: what is printed, in which order it makes sense, with which exit code. */
describe('verbs', () => {
  let directory: string;
  let vault: string;
  let database: string;
  let env: Record<string, string>;
  const run = (args: string[], options: ProgramOptions = {}) => lifeboat(args, { ...options, env: { ...env, ...options.env } });
  const words = (...args: string[]) => run(args, { json: false });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-verbs-'));
    vault = join(directory, 'vault');
    database = `pglite:${join(directory, 'letta')}`;
    await (await loadFixtureEmbedded('letta-0.16.8', join(directory, 'letta'))).close();
    env = { LIFEBOAT_VAULT: vault, LIFEBOAT_PASSPHRASE: 's3cret passphrase', LIFEBOAT_STATE_DIR: directory, LIFEBOAT_SCRYPT_LOG_N: '10' };
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('backup without a vault names the command that makes one', async () => {
    const { code, last } = await run(['backup', database]);
    assert.deepEqual([code, last.code], [10, 'no-vault']);
    assert.match(String(last.next), /^Check that the path is right and its disk is mounted\. /);
    assert.ok(String(last.next).endsWith(`lifeboat init --vault ${vault}`));
  });

  it('init shows the fingerprint and the way to the kit', async () => {
    const { code, stdout } = await words('init');
    assert.equal(code, 0);
    assert.match(stdout, /fingerprint {2}[0-9a-f]{4}(?:-[0-9a-f]{4}){15}/);
    assert.match(stdout, /lifeboat key kit --vault/);
    const empty = await words('status');
    assert.equal(empty.code, 3);
    assert.match(empty.stdout, /^last proven restore: never\n {2}last backup +never/);
  });

  it('backup --json ends with the summary that scripts rely on', async () => {
    const { code, last } = await run(['backup', database, '--tag', 'first']);
    assert.equal(code, 0);
    const { type, version, time, ...fields } = last;
    assert.deepEqual([type, version], ['summary', 1]);
    assert.deepEqual(Object.keys(fields), ['snapshot', 'contentId', 'rows', 'bytes', 'newBytes', 'seconds', 'warnings']);
    assert.match(String(time), /Z$/);
  });

  it('a dry run, and an upgrade whose source is not there, make no directory', async () => {
    const before = await readdir(directory);
    const dry = await run(['restore', 'latest', '--to', `pglite:${join(directory, 'dry/deeper')}`, '--dry-run']);
    assert.equal(dry.code, 0, dry.stdout);
    const dryUpgrade = await run(['upgrade', database, '--release', '0.16.2', '--dry-run']);
    assert.ok([0, 4].includes(dryUpgrade.code ?? -1), dryUpgrade.stdout);
    const { code, last } = await run(['upgrade', `pglite:${join(directory, 'nonexistent')}`, '--release', 'latest', '--yes']);
    assert.deepEqual([code, last.code], [20, 'no-such-database']);
    assert.match(String(last.message), /nonexistent\.$/);
    const refused = await run(['upgrade', 'postgresql://me@127.0.0.1:1/named', '--release', 'latest', '--yes']);
    assert.match(String(refused.last.message), /named:/);
    assert.deepEqual(await readdir(directory), before);
  });

  it('a second backup adds nothing, names the next command, and list has both', async () => {
    const { code, stdout } = await words('backup', database);
    assert.equal(code, 0);
    assert.match(stdout, /new in vault {2}0 B/);
    assert.match(stdout, /phases .*copy .* s/);
    assert.match(stdout, /Next:\n {2}lifeboat verify [0-9a-f]{16} --vault/);
    const listed = await run(['list']);
    const lines = listed.lines.filter(({ type }) => type === 'snapshot');
    assert.equal(lines.length, 2);
    for (const name of ['snapshot', 'time', 'source', 'release', 'revision', 'agents', 'bytes', 'proven'])
      assert.ok(name in (lines[0] ?? {}), name);
    assert.deepEqual([lines[0]?.release, lines[0]?.agents, lines[0]?.proven, lines[0]?.tags], ['0.16.8', 18, null, ['first']]);
    assert.match((await words('list')).stdout, /not proven/);
  });

  it('show tells content, tables and agents', async () => {
    assert.match((await words('show', 'latest')).stdout, /0\.16\.7 – 0\.16\.8[\s\S]*secrets[\s\S]*not proven/);
    assert.match((await words('show', 'latest', '--agents')).stdout, /AI\/ML Expert/);
    const tables = (await run(['show', 'latest', '--tables'])).lines.filter(({ type }) => type === 'table');
    assert.ok(tables.some(({ table }) => table === 'messages'));
  });

  it('verify and restore prove; the restored database is equal', async () => {
    assert.match((await words('verify', 'latest')).stdout, /is intact: every byte was read back/);
    const target = `pglite:${join(directory, 'restored')}`;
    const plan = await words('restore', 'latest', '--to', target, '--dry-run');
    assert.equal(plan.code, 0);
    assert.match(plan.stdout, /^Restore \(plan [0-9a-f]{12}\)\n[\s\S]*1\. [\s\S]*A dry run: nothing was changed/);
    const { last, lines } = await run(['restore', 'latest', '--to', target, '--yes']);
    assert.deepEqual([last.type, last.equal, last.done, last.losses, last.setAside, last.findings], ['summary', true, true, [], [], []]);
    assert.ok(lines.some(({ type }) => type === 'plan'));
    const compared = await run(['verify', target, '--against', 'latest']);
    assert.equal(compared.last.equal, true);
    // The embedded engine takes every check's statements, too.
    assert.equal((compared.last.checks as unknown[]).length, allChecks.length);
    assert.deepEqual(
      (compared.last.findings as { code: string }[]).filter(({ code }) => code === 'check-failed'),
      [],
    );
    assert.deepEqual(compared.last.warnings, []);
    const queries = compared.last.queries as { name: string; what: string; milliseconds: number; rows: number }[];
    assert.deepEqual(
      queries.map(({ name }) => name),
      ['agents-list', 'message-page', 'context-window', 'memory-blocks', 'tools', 'vector-search'],
    );
    for (const { name, what, milliseconds, rows } of queries) assert.ok(milliseconds > 0 && rows > 0 && what !== '', name);
    assert.match(
      (await words('verify', target)).stdout,
      /^ {2}queries {2,}agents list \d+\.\d ms, message page \d+\.\d ms, .*, vector search \d+\.\d ms$/m,
    );
    const refused = await run(['restore', 'latest', '--to', target, '--dry-run']);
    assert.equal(refused.code, 14);
    assert.ok((refused.last.refusals as string[]).length > 0);
  });

  it('a database of another release than the snapshot’s differs, and it is said why', async () => {
    const older = join(directory, 'older');
    await (await loadFixtureEmbedded('letta-0.11.3', older)).close();
    const { code, last } = await run(['verify', `pglite:${older}`, '--against', 'latest']);
    assert.deepEqual([code, last.equal], [4, false]);
    const [warning] = last.warnings as { code: string; message: string }[];
    assert.equal(warning?.code, 'other-release');
    assert.match(warning.message, /^the snapshot is of Letta 0\.16\.8, the database of 0\.11\.3: /);
    const { stdout, stderr } = await words('verify', `pglite:${older}`, '--against', 'latest');
    assert.match(stdout + stderr, /the snapshot is of Letta 0\.16\.8/);
  });

  it('keys: add, list, remove; the kit opens a vault whose keys are gone', async () => {
    assert.equal((await run(['key', 'add'])).last.code, 'usage');
    const added = await run(['key', 'add'], { env: { LIFEBOAT_NEW_PASSPHRASE: 'another' } });
    const key = String(added.last.key);
    assert.equal((await run(['status'], { env: { LIFEBOAT_PASSPHRASE: 'another' } })).last.keys, 2);
    assert.equal((await run(['key', 'remove', key])).last.code, 'usage');
    assert.equal((await run(['key', 'remove', key, '--yes'])).code, 0);
    assert.equal((await run(['status'], { env: { LIFEBOAT_PASSPHRASE: 'another' } })).last.code, 'wrong-key');
    assert.equal((await run(['key', 'list'], { env: { LIFEBOAT_PASSPHRASE: '' } })).lines.filter(({ type }) => type === 'key').length, 1);

    const kit = join(directory, 'kit.txt');
    assert.equal((await words('key', 'kit', '--to', kit)).code, 0);
    assert.equal((await words('key', 'kit', '--to', kit)).code, 14);
    assert.match((await words('key', 'kit')).stdout, /^LIFEBOAT EMERGENCY KIT/);
    await rename(join(vault, 'keys'), join(directory, 'keys-away'));
    assert.equal((await run(['list'])).last.code, 'key-file-damaged');
    assert.equal((await run(['list', '--kit', kit])).code, 0);
    await rename(join(directory, 'keys-away'), join(vault, 'keys'));
  });

  it('a writer key backs up and reads nothing', async () => {
    const file = join(directory, 'writer.key');
    assert.equal((await words('key', 'export', '--writer', '--to', file)).code, 0);
    const writer = { env: { LIFEBOAT_PASSPHRASE: '', LIFEBOAT_IDENTITY: file } };
    assert.equal((await run(['backup', database], writer)).code, 0);
    assert.deepEqual([(await run(['list'], writer)).last.code, (await run(['list'], writer)).code], ['writer-only', 12]);
  });

  it('fault 12: a damaged manifest is listed as damaged, the others as they are; exit 13', async () => {
    const copy = join(directory, 'damaged');
    await cp(vault, copy, { recursive: true });
    const [first] = (await readdir(join(copy, 'snapshots'))).sort();
    const file = join(copy, 'snapshots', first ?? '');
    await writeFile(file, (await readFile(file)).subarray(0, 300));
    const { code, lines, last } = await run(['list'], { env: { LIFEBOAT_VAULT: copy } });
    assert.equal(code, 13);
    assert.deepEqual(
      lines.filter(({ type }) => type === 'snapshot').map(({ error }) => error !== null),
      [true, false, false],
    );
    assert.equal((last.damaged as string[]).length, 1);
    assert.equal((await run(['status'], { env: { LIFEBOAT_VAULT: copy } })).code, 13);
  });

  it('status says what is proven first, and what a database that is not reachable means', async () => {
    const { code, stdout } = await words('status', database);
    assert.equal(code, 3);
    assert.match(stdout, /^last proven restore: never\n {2}last backup[\s\S]*\(never-proven\)[\s\S]*lifeboat drill/);
    const away = await run(['status', 'postgresql://u:s3cret@127.0.0.1:1/letta']);
    assert.deepEqual([away.code, away.last.type, (away.last.database as { reachable: boolean }).reachable], [20, 'summary', false]);
  });

  it('--no-encryption is said aloud, by init and by every status', async () => {
    const open = { env: { LIFEBOAT_VAULT: join(directory, 'open'), LIFEBOAT_PASSPHRASE: '' }, json: false };
    assert.match((await run(['init', '--no-encryption'], open)).stdout, /NOT ENCRYPTED/);
    assert.match((await run(['status'], open)).stdout, /encryption +NONE/);
  });

  it('init --like makes a vault in which the same content has the same names', async () => {
    const twin = join(directory, 'twin');
    assert.equal((await run(['init', '--like', vault], { env: { LIFEBOAT_VAULT: twin } })).code, 0);
    assert.equal((await run(['backup', database], { env: { LIFEBOAT_VAULT: twin } })).code, 0);
    const objects = async (place: string) =>
      (await readdir(join(place, 'objects'), { recursive: true })).filter((name) => name.length > 60).sort();
    const [original, copied] = [await objects(vault), await objects(twin)];
    assert.ok(copied.length > 0 && copied.every((name) => original.includes(name)));
  });

  it('a vault that was here and is not there: its disk is asked for, no new vault is offered', async () => {
    await rename(vault, `${vault}.unmounted`);
    try {
      for (const args of [['list'], ['status'], ['backup', database]]) {
        const { code, last } = await run(args);
        assert.deepEqual([code, last.code], [10, 'vault-gone'], args[0]);
        assert.match(String(last.next), /^Mount its disk/);
        assert.doesNotMatch(JSON.stringify(last), /lifeboat init/);
      }
    } finally {
      await rename(`${vault}.unmounted`, vault);
    }
  });

  it('nothing that was said holds the passphrase', async () => {
    for (const args of [['status'], ['list'], ['show', 'latest'], ['key', 'list']]) {
      const { stdout, stderr } = await words(...args, '--verbose');
      assert.ok(!(stdout + stderr).includes('s3cret'));
    }
  });
});
