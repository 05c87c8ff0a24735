import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { decryptSecret } from '../../src/letta/secret.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';
import { TestDatabase, type TestServer } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { type Loss, VerbsStage } from './verbs-stage.ts';

type Environment = Record<string, string>;

/** What `upgrade` and `restore` do with the keys that they are given, and without. */
describe('keys of secrets on the command line', () => {
  let stage: VerbsStage;
  let server: TestServer;
  let [directory, env, withKey]: [string, Environment, Environment] = ['', {}, {}];
  let recent: TestDatabase | undefined;
  before(async () => {
    stage = await VerbsStage.set();
    ({ server, directory, env, withKey } = stage);
    recent = await stage.load('letta-0.16.8');
  });
  after(() => stage[Symbol.asyncDispose]());

  test('a wrong LETTA_ENCRYPTION_KEY is refused before anything is made, by a dry run too', async () => {
    const built = new TestDatabase(server, `${recent!.name}_0_16_2`);
    for (const how of ['--yes', '--dry-run']) {
      const run = await lifeboat(['upgrade', recent!.url, '--release', '0.16.2', how], {
        env: { ...env, LETTA_ENCRYPTION_KEY: 'another-key-5309' },
      });
      assert.deepEqual([run.code, run.last.code], [12, 'letta-key-wrong']);
      assert.ok(!run.stdout.includes('another-key-5309') && !run.stderr.includes('another-key-5309'));
      assert.equal((await lifeboat(['verify', built.url], { env })).last.code, 'no-such-database');
    }
  });

  test('another key: every secret opens with the new one, none with the old one', async () => {
    const [from, key] = [join(directory, 'old-key'), join(directory, 'new-key')];
    writeFileSync(from, `${fixtureEncryptionKey}\n`);
    writeFileSync(key, 'fresh-key-7741\n');
    const built = new TestDatabase(server, `${recent!.name}_rekeyed`);
    const { code, last, stdout } = await lifeboat(
      ['restore', 'latest', '--to', built.url, '--yes', '--rekey-from-file', from, '--rekey-to-file', key],
      { env },
    );
    assert.deepEqual([code, last.equal], [0, true], JSON.stringify(last));
    assert.ok(!stdout.includes('fresh-key-7741') && !stdout.includes(fixtureEncryptionKey));
    const secrets = await built.query<{ enc: string }>(
      'select value_enc as enc from agent_environment_variables where value_enc is not null',
    );
    assert.ok(secrets.length > 0);
    assert.ok((last.derived as Loss[]).some(({ table, column }) => table === 'agent_environment_variables' && column === 'value_enc'));
    for (const { enc } of secrets) {
      assert.notEqual(await decryptSecret(enc, 'fresh-key-7741'), null);
      assert.equal(await decryptSecret(enc, fixtureEncryptionKey), null);
    }
  });

  test('another key, but not the one to open them with: refused', async () => {
    const key = join(directory, 'new-key');
    const built = new TestDatabase(server, `${recent!.name}_keyless`);
    const { code, last } = await lifeboat(['restore', 'latest', '--to', built.url, '--yes', '--rekey-to-file', key], { env });
    assert.deepEqual([code, last.code], [12, 'letta-key-missing']);
  });

  test('a new key that opens every ciphertext already: each was tried with it, and nothing is left unchecked', async () => {
    const key = join(directory, 'same-key');
    writeFileSync(key, `${fixtureEncryptionKey}\n`);
    const built = new TestDatabase(server, `${recent!.name}_same_key`);
    const { code, last } = await lifeboat(['restore', 'latest', '--to', built.url, '--yes', '--rekey-to-file', key], { env });
    assert.deepEqual([code, last.equal, last.unchecked, last.losses], [0, true, [], []], JSON.stringify(last));
    assert.ok(!(last.warnings as { code: string }[]).some((each) => each.code === 'secrets-unchecked'));
  });

  test('without the key: ciphertexts are carried, and each column is in the report and in the exit code', async () => {
    const sealed = await stage.load('letta-0.16.2');
    // Otherwise set aside at 0.16.8, which ends with 3 as well.
    for (const table of ['mcp_oauth', 'mcp_tools', 'mcp_server']) await sealed.query(`delete from ${table}`);
    const built = new TestDatabase(server, `${sealed.name}_0_16_8`);
    const upgrade = ['upgrade', sealed.url, '--release', '0.16.8', '--yes'];
    const withIt = await lifeboat(upgrade, { env: withKey });
    assert.deepEqual([withIt.code, withIt.last.equal, withIt.last.unchecked], [0, true, []], JSON.stringify(withIt.last));
    await built.drop();

    const { code, last, lines } = await lifeboat(upgrade, { env });
    assert.deepEqual([code, last.equal, last.losses, last.setAside], [3, true, [], []], JSON.stringify(last));
    const unchecked = last.unchecked as Loss[];
    const columns = unchecked.map(({ table, column }) => `${table}.${column}`);
    assert.ok(['agent_environment_variables.value_enc', 'providers.api_key_enc'].every((column) => columns.includes(column)));
    for (const { table, column, rows } of unchecked) {
      const values = `select id, ${column} as enc from ${table} where coalesce(${column}, '') <> '' order by id`;
      const carried = await built.query(values);
      assert.deepEqual([carried.length, carried], [rows, await sealed.query(values)]);
    }
    assert.equal(lines.filter((line) => line.type === 'loss' && line.class === 'unchecked').length, unchecked.length);
    assert.ok((last.warnings as { code: string; partial: boolean }[]).some((each) => each.code === 'secrets-unchecked' && each.partial));
  });
});
