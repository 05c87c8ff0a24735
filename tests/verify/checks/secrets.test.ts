import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findRelease } from '../../../src/letta/catalogue.ts';
import { decryptSecret, encryptSecret } from '../../../src/letta/secret.ts';
import { stateChecks } from '../../../src/verify/checks/state-checks.ts';
import type { Finding } from '../../../src/verify/finding.ts';
import { fixtureEncryptionKey } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { told } from './found.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';

const secret = 'made-up-secret-4711';
/** In clear, but Python's b64decode passes over the last characters and finds 60 bytes. */
const lookalike = `${'abcd'.repeat(20)}__`;
const secretsOf = (findings: readonly Finding[]) => findings.filter(({ code }) => code.startsWith('secret-'));
const smallest = async (database: PlantedDatabase, table: string, where = 'true'): Promise<string> =>
  (await database.query(`select min(id) as id from ${table} where ${where}`))[0]?.id ?? assert.fail(`no row of ${table} where ${where}`);

for (const release of ['0.16.2', '0.16.8'] as const) {
  describe(`secrets in letta-${release}`, () => {
    let database: PlantedDatabase;
    let variable: string;
    let provider: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), `letta-${release}`);
      variable = await smallest(database, 'agent_environment_variables');
      provider = await smallest(database, 'providers', 'api_key_enc is not null and not is_deleted');
    });
    after(() => database[Symbol.asyncDispose]());

    const plant = async (...statements: string[]): Promise<Finding[]> => {
      const findings = await database.plant(...statements);
      assert.ok(!JSON.stringify(findings).includes(secret), 'a finding never holds a secret');
      return findings;
    };

    test('the server that wrote it had this key', () => {
      assert.deepEqual(secretsOf(database.clean), []);
    });

    test('a ciphertext that another key made', async () => {
      const other = await encryptSecret(secret, 'another key');
      const findings = await plant(`update agent_environment_variables set value_enc = '${other}' where id = '${variable}'`);
      assert.deepEqual(told(findings), [{ code: 'secret-unreadable', where: 'agent_environment_variables.value_enc', ids: [variable] }]);
      assert.match(findings[0]?.message ?? '', /which opens \d+ others$/);
    });

    test('a deleted provider is not asked for its key', async () => {
      const other = await encryptSecret(secret, 'another key');
      const spoil = `update providers set api_key_enc = '${other}'`;
      assert.deepEqual(told(await plant(`${spoil} where id = '${provider}'`)), [
        { code: 'secret-unreadable', where: 'providers.api_key_enc', ids: [provider] },
      ]);
      assert.deepEqual(await plant(`${spoil}, is_deleted = true where id = '${provider}'`), []);
    });

    test('a secret in the older column only: the change encrypts it, the same every time', async () => {
      const spoil = `update agent_environment_variables set value_enc = null, value = '${secret}' where id = '${variable}'`;
      const findings = await plant(spoil);
      assert.deepEqual(told(findings), [
        { code: 'secret-only-in-clear', where: 'agent_environment_variables.value_enc', ids: [variable] },
        { code: 'secret-in-clear', where: 'agent_environment_variables.value', ids: [variable] },
      ]);
      const [change, ...more] = findings.flatMap(({ changes }) => changes);
      assert.equal(change?.kind, 'update');
      assert.deepEqual(
        [change.table, change.key, change.was, more],
        ['agent_environment_variables', { id: variable }, { value_enc: null }, []],
      );
      assert.equal(await decryptSecret(change.set.value_enc ?? '', fixtureEncryptionKey), secret);
      assert.deepEqual(await plant(spoil), findings);
      const mended = `update agent_environment_variables set value_enc = '${change.set.value_enc}' where id = '${variable}'`;
      assert.deepEqual(told(await plant(spoil, mended)), [
        { code: 'secret-in-clear', where: 'agent_environment_variables.value', ids: [variable] },
      ]);
    });

    test('an empty variable is handed out as <encrypted> unless it is encrypted', async () => {
      const findings = await plant(`update agent_environment_variables set value_enc = null, value = '' where id = '${variable}'`);
      assert.deepEqual(told(findings), [{ code: 'secret-only-in-clear', where: 'agent_environment_variables.value_enc', ids: [variable] }]);
      assert.match(findings[0]?.why ?? '', /<encrypted>/);
    });

    test('sandbox variables are read from both columns', async () => {
      const id = await smallest(database, 'sandbox_environment_variables');
      const findings = await plant(`update sandbox_environment_variables set value_enc = null, value = '${secret}' where id = '${id}'`);
      assert.deepEqual(told(findings), [{ code: 'secret-in-clear', where: 'sandbox_environment_variables.value', ids: [id] }]);
    });

    test('headers of an MCP server that are none are no secret', async () => {
      const id = await smallest(database, 'mcp_server');
      const nothing = (headers: string) =>
        plant(`update mcp_server set custom_headers = '${headers}', custom_headers_enc = null where id = '${id}'`);
      assert.deepEqual(await nothing('{}'), []);
      assert.deepEqual(told(await nothing('{"Authorization": "x"}')), [
        { code: 'secret-only-in-clear', where: 'mcp_server.custom_headers_enc', ids: [id] },
        { code: 'secret-in-clear', where: 'mcp_server.custom_headers', ids: [id] },
      ]);
    });

    test('clear text in an encrypted column', async () => {
      const inClear = (text: string) => plant(`update providers set api_key_enc = '${text}' where id = '${provider}'`);
      assert.deepEqual(told(await inClear(`sk-${secret}`)), [{ code: 'secret-in-clear', where: 'providers.api_key_enc', ids: [provider] }]);
      assert.deepEqual(told(await inClear(lookalike)), [
        { code: 'secret-lookalike', where: 'providers.api_key_enc', ids: [provider] },
        { code: 'secret-in-clear', where: 'providers.api_key_enc', ids: [provider] },
      ]);
    });

    test('clear text left beside a ciphertext', async () => {
      const findings = await plant(`update providers set api_key = '${secret}' where id = '${provider}'`);
      assert.deepEqual(told(findings), [{ code: 'secret-in-clear', where: 'providers.api_key', ids: [provider] }]);
    });

    for (const [name, encryptionKey, code] of [
      ['with another key', 'another key', 'secret-unreadable'],
      ['without a key', null, 'secret-unchecked'],
    ] as const) {
      test(`${name}, all ciphertexts are told`, async () => {
        await using other = await plantedDatabase(await testServer(), `letta-${release}`, { checks: stateChecks, encryptionKey });
        const found = secretsOf(other.clean);
        assert.deepEqual([...new Set(found.map((finding) => finding.code))], [code]);
        const [counted] = await other.query('select count(value_enc) as n from agent_environment_variables');
        const variables = found.find(({ where }) => where === 'agent_environment_variables.value_enc');
        assert.equal(String(variables?.count), counted?.n);
        if (encryptionKey !== null) assert.match(variables?.message ?? '', /opens no ciphertext in this database$/);
        else assert.equal(/sends the ciphertext itself/.test(variables?.why ?? ''), release === '0.16.8');
        const taken = await other.plant(`update providers set api_key_enc = '${lookalike}' where id = '${provider}'`);
        const refused = taken.some((finding) => finding.code === 'secret-lookalike');
        assert.equal(refused, encryptionKey !== null || release === '0.16.2');
      });
    }
  });
}

test('0.11.3 knows no ciphertexts: its secrets in clear are as it writes them', async () => {
  await using database = await plantedDatabase(await testServer(), 'letta-0.11.3');
  assert.deepEqual(secretsOf(database.clean), []);
  assert.deepEqual(await database.plant(`update agent_environment_variables set value = '${secret}'`), []);
});

test('a release that reads both columns is told what later ones will not read', async () => {
  await using database = await plantedDatabase(await testServer(), 'letta-0.16.2', { checks: stateChecks });
  const variable = await smallest(database, 'agent_environment_variables');
  const findings = await database.plant(
    `update alembic_version set version_num = '${findRelease('0.14.0')?.head}'`,
    `update agent_environment_variables set value_enc = null, value = '${secret}' where id = '${variable}'`,
  );
  assert.deepEqual(
    secretsOf(findings).map(({ code, severity, ids, changes }) => ({ code, severity, ids, changes })),
    [{ code: 'secret-only-in-clear', severity: 'note', ids: [variable], changes: [] }],
  );
});
