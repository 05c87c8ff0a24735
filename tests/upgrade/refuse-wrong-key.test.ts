import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encryptSecret } from '../../src/letta/secret.ts';
import { encryptedColumns } from '../../src/letta/secret-columns.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { refuseWrongKey } from '../../src/upgrade/secrets/refuse-wrong-key.ts';
import { readTables } from '../../src/vault/table-content.ts';
import { backUp, TestVault } from '../road/road.ts';
import { type FixtureName, fixtureEncryptionKey as key, loadFixture } from '../support/fixtures.ts';
import { testServer } from '../support/postgres.ts';

/** Asks about keys what a snapshot of the fixture, changed by a statement, says to them: the error's code and facts, or null. */
async function asked(name: FixtureName, change: string | null, values: string[] = []) {
  const source = await loadFixture(await testServer(), name);
  const held = await TestVault.create();
  if (change !== null) await source.query(change, values);
  const { ref } = await backUp(source.url, held.vault);
  const tables = await readTables(held.vault, await held.vault.readManifest(ref));
  return {
    answer: (encryptionKey: string | null, rekeyTo: string | null = null) =>
      refuseWrongKey(held.vault, tables, { encryptionKey, rekeyTo }).then(
        () => null,
        (error: unknown) => {
          if (!(error instanceof LifeboatError)) throw error;
          return [error.code, error.facts];
        },
      ),
    [Symbol.asyncDispose]: async () => {
      await held[Symbol.asyncDispose]();
      await source.drop();
    },
  };
}

test('the server’s key is taken, another one is refused, and none is nothing to refuse', async () => {
  await using snapshot = await asked('letta-0.16.2', null);
  assert.equal(await snapshot.answer(key), null);
  assert.equal(await snapshot.answer(null), null);
  assert.deepEqual(await snapshot.answer('wrong'), ['letta-key-wrong', { tried: 15 }]);
});

test('for a new key alone: refused where it opens nothing, taken where it is the key already', async () => {
  await using snapshot = await asked('letta-0.16.2', null);
  assert.deepEqual(await snapshot.answer(null, 'wrong'), ['letta-key-missing', {}]);
  assert.equal(await snapshot.answer(null, key), null);
});

test('values of another key do not condemn the key that opens others', async () => {
  await using snapshot = await asked('letta-0.16.2', 'update agent_environment_variables set value_enc = $1', [
    await encryptSecret('x', 'other'),
  ]);
  assert.equal(await snapshot.answer(key), null);
  assert.equal(await snapshot.answer('other'), null);
});

test('a database without ciphertexts takes any key', async () => {
  await using snapshot = await asked('letta-0.11.3', null);
  assert.equal(await snapshot.answer('any'), null);
});

test('a server that never had a key may get its first, though one value in clear looks like a ciphertext', async () => {
  const lookalike = 'A1b2'.repeat(21);
  const clear = encryptedColumns.map(({ table, column }) => `update ${table} set ${column} = 'sk-' || id where ${column} is not null`);
  await using snapshot = await asked(
    'letta-0.16.2',
    [
      ...clear,
      // Nothing is no ciphertext, however often it is there.
      `insert into sandbox_environment_variables (id, key, value, value_enc, organization_id, sandbox_config_id, is_deleted)
         select 'sandbox-env-' || gen_random_uuid(), 'K' || n, '', '', s.organization_id, s.id, false
           from generate_series(1, 60) n, (select * from sandbox_configs limit 1) s`,
      `update providers set api_key_enc = '${lookalike}' where id = (select min(id) from providers)`,
    ].join(';'),
  );
  assert.equal(await snapshot.answer('first'), null);
  assert.equal(await snapshot.answer(null, 'first'), null);
});
