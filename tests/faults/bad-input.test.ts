import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, type TestServer, testServer } from '../support/postgres.ts';
import { lifeboat, type ProgramOptions } from '../support/program.ts';

let server: TestServer;
let source: TestDatabase;
let directory: string;
let vault: string;
let env: Record<string, string>;

/** Runs the program and expects a registered error: its code, its exit code, and a way on. No password may show. */
async function refused(args: string[], code: string, exit: number, options: ProgramOptions = {}): Promise<string> {
  const run = await lifeboat(args, { ...options, env: { ...env, ...options.env } });
  assert.equal(run.last.type, 'error', run.stdout + run.stderr);
  assert.deepEqual([run.last.code, run.code], [code, exit], run.stdout + run.stderr);
  assert.ok(String(run.last.next).length > 5);
  assert.ok(!(run.stdout + run.stderr).includes('s3cret'), 'a secret was shown');
  return run.stdout;
}

describe('bad input', () => {
  before(async () => {
    server = await testServer(16);
    source = await loadFixture(server, 'letta-0.11.3');
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-bad-'));
    vault = join(directory, 'vault');
    const identity = await generateIdentity();
    await writeFile(join(directory, 'me.txt'), identity, { mode: 0o600 });
    await writeFile(join(directory, 'other.txt'), await generateIdentity(), { mode: 0o600 });
    env = { LIFEBOAT_VAULT: vault, LIFEBOAT_IDENTITY: join(directory, 'me.txt'), LIFEBOAT_STATE_DIR: directory };
    assert.equal((await lifeboat(['init', '--recipient', await identityToRecipient(identity)], { env })).code, 0);
    const first = await lifeboat(['backup', source.url], { env });
    assert.equal(first.code, 0, first.stdout + first.stderr);
  });
  after(async () => {
    await source.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('a wrong verb, flag or URL', async () => {
    await refused(['bakcup'], 'usage', 2);
    await refused(['backup', source.url, '--frobnicate'], 'usage', 2);
    await refused(['backup', 'mysql://user:s3cret@localhost/letta'], 'bad-database-url', 2);
    await refused(['backup', join(directory, 'sqlite.db')], 'sqlite-source', 15);
  });

  it('a server that is down, a database that is not there, a password that is wrong', async () => {
    await refused(['backup', 'postgresql://u:s3cret@127.0.0.1:1/letta'], 'database-unreachable', 20);
    await refused(['backup', server.url('no_such_database')], 'no-such-database', 20);
    await refused(['backup', server.url(source.name, 'nobody_here').replace('@', ':s3cret@')], 'wrong-password', 20);
  });

  it('a database without Letta in it', async () => {
    await using empty = await server.createDatabase();
    await refused(['backup', empty.url], 'no-letta', 14);
    await refused(['verify', empty.url], 'no-letta', 14);
  });

  it('an unknown revision: kept exactly, said aloud', async () => {
    await source.query("update alembic_version set version_num = 'ffffffffffff'");
    try {
      const run = await lifeboat(['backup', source.url], { env });
      assert.equal(run.code, 3);
      assert.match(run.stdout, /revision-unknown/);
      const verified = await lifeboat(['verify', source.url], { env });
      assert.equal(verified.code, 4);
      assert.match(verified.stdout, /revision-unknown/);
    } finally {
      await source.query("update alembic_version set version_num = '5fb8bba2c373'");
      await lifeboat(['backup', source.url], { env });
    }
  });

  it('no vault, a vault that exists already, no key, a wrong key', async () => {
    await refused(['list'], 'no-vault', 10, { env: { LIFEBOAT_VAULT: join(directory, 'nowhere') } });
    await refused(['backup', source.url], 'no-vault', 10, { env: { LIFEBOAT_VAULT: join(directory, 'nowhere') } });
    await refused(['init', '--recipient', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'], 'vault-exists', 14);
    await refused(['verify', 'latest'], 'key-missing', 12, { env: { LIFEBOAT_IDENTITY: '' } });
    await refused(['verify', 'latest'], 'wrong-key', 12, { env: { LIFEBOAT_IDENTITY: join(directory, 'other.txt') } });
  });

  it('fault 15: vault.json truncated, edited, of a newer format, or that of another vault', async () => {
    const text = await readFile(join(vault, 'vault.json'), 'utf8');
    const changed = async (name: string, content: string) => {
      const copy = join(directory, name);
      await cp(vault, copy, { recursive: true });
      await writeFile(join(copy, 'vault.json'), content);
      return { env: { LIFEBOAT_VAULT: copy } };
    };
    await refused(['list'], 'vault-config-damaged', 13, await changed('truncated', text.slice(0, 100)));
    await refused(['list'], 'vault-config-damaged', 13, await changed('empty', ''));
    await refused(['verify', 'latest'], 'format-newer', 15, await changed('newer', text.replace('"format":1', '"format":2')));
    await refused(['verify', 'latest'], 'vault-forged', 13, await changed('clear', text.replace('"sealed":true', '"sealed":false')));
    const other = join(directory, 'other-vault');
    await lifeboat(['init', '--recipient', await identityToRecipient(await generateIdentity())], {
      env: { ...env, LIFEBOAT_VAULT: other },
    });
    const foreign = await changed('foreign', await readFile(join(other, 'vault.json'), 'utf8'));
    const run = await lifeboat(['verify', 'latest'], { env: { ...env, ...foreign.env } });
    assert.ok(['vault-forged', 'wrong-key', 'vault-changed-face'].includes(String(run.last.code)), run.stdout);
  });

  it('a snapshot that is not there, and a prefix of several', async () => {
    await refused(['verify', 'ffffffff'], 'no-such-snapshot', 2);
    await refused(['restore', 'latest', '--to', server.url(`${source.name}_no`)], 'usage', 2); // off a terminal, without --yes
  });

  it('fault 35, 57: a target that is the source, is not empty, or is in use', async () => {
    await refused(['restore', 'latest', '--to', source.url, '--yes'], 'target-is-source', 14);
    await using full = await server.createDatabase();
    await full.query('create table precious (id int)');
    await refused(['restore', 'latest', '--to', full.url, '--yes'], 'target-not-empty', 14);
    assert.equal((await full.query('select * from precious')).length, 0);
    const mark = { lifeboat: 1, state: 'complete', vault: 'v', snapshot: 'abc', plan: 'p', created: true, time: 't' };
    await server.query(`comment on database "${full.name}" is '${JSON.stringify(mark)}'`);
    const built = await lifeboat(['restore', 'latest', '--to', full.url, '--yes'], { env });
    assert.deepEqual([built.code, built.last.code], [14, 'target-is-built']);
    assert.match(String(built.last.message), /Lifeboat built it from snapshot abc/);
    assert.match(String(built.last.next), new RegExp(`DROP DATABASE "${full.name}"`));
    await server.query(`alter database "${full.name}" allow_connections false`);
    const shut = await lifeboat(['backup', full.url], { env });
    assert.deepEqual([shut.code, shut.last.code], [20, 'database-shut-off']);
    assert.match(String(shut.last.next), /lifeboat status .*lifeboat rollback/);
    await using used = await server.createDatabase();
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: used.url });
    await client.connect();
    await refused(['restore', 'latest', '--to', used.url, '--yes'], 'target-in-use', 14);
    await client.end();
  });

  it('rights that are missing are named before anything is made', async () => {
    await server.query(`drop role if exists "plain ${source.name}"`);
    await server.query(`create role "plain ${source.name}" login`);
    const url = server.url(`${source.name}_plain`, encodeURIComponent(`plain ${source.name}`));
    const said = await refused(['restore', 'latest', '--to', url, '--yes'], 'rights-missing', 14);
    assert.match(said, /CREATEDB/);
    assert.ok(!(await server.databases()).includes(`${source.name}_plain`));
    await server.query(`drop role "plain ${source.name}"`);
  });

  it('what an unfinished restore left is not backed up or repaired, and verify says what it is and nothing else', async () => {
    await using half = await loadFixture(server, 'letta-0.11.3');
    // As after a restore that was cut off early: most is missing, which is no finding of its own.
    await half.query('drop table messages cascade; drop table agents cascade; drop table alembic_version cascade');
    const snapshot = '00ff00ff00ff00ff';
    const mark = { lifeboat: 1, state: 'incomplete', vault: 'v', snapshot, plan: 'p', created: true, time: '2026-01-17T00:00:00Z' };
    await server.query(`comment on database "${half.name}" is '${JSON.stringify(mark)}'`);
    await refused(['backup', half.url], 'database-incomplete', 14);
    assert.match(await refused(['verify', half.url, '--repair', '--yes'], 'database-incomplete', 14), /restore or upgrade again/);
    for (const args of [[], ['--against', 'latest']]) {
      const verified = await lifeboat(['verify', half.url, ...args], { env });
      assert.equal(verified.code, 4);
      const findings = verified.lines.filter(({ type }) => type === 'finding');
      assert.deepEqual([findings.length, findings[0]?.code], [1, 'restore-unfinished'], verified.stdout);
      assert.deepEqual([verified.last.home, verified.last.tables, verified.last.equal], [null, null, undefined]);
    }
    const { stdout } = await lifeboat(['verify', half.url], { env, json: false });
    assert.match(stdout, /UNFINISHED/);
    const label = half.url.replace(/\?.*$/, '');
    assert.match(stdout, new RegExp(`\\n  lifeboat restore ${snapshot} --vault ${vault} --identity \\S+ --to '?${label}'?   #`));
    assert.doesNotMatch(stdout, /--repair/);
  });

  it('a new vault where another one was known is refused before anything is written', async () => {
    const place = join(directory, 'twice');
    const recipient = await identityToRecipient(await generateIdentity());
    assert.equal((await lifeboat(['init', '--recipient', recipient], { env: { ...env, LIFEBOAT_VAULT: place } })).code, 0);
    await rm(place, { recursive: true });
    await refused(['init', '--recipient', recipient], 'vault-known', 14, { env: { LIFEBOAT_VAULT: place } });
    await assert.rejects(readFile(join(place, 'vault.json')), { code: 'ENOENT' });
  });

  it('fault 48: a wrong LETTA_ENCRYPTION_KEY is no success', async () => {
    await using newer = await loadFixture(server, 'letta-0.16.8');
    const run = await lifeboat(['backup', newer.url], { env: { ...env, LETTA_ENCRYPTION_KEY: 'wrong' } });
    assert.equal(run.code, 3);
    assert.match(run.stdout, /secret-undecryptable/);
  });
});
