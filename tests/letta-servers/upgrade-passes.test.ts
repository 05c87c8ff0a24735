import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentReporter } from '../../src/report/progress.ts';
import { carrySecrets } from '../../src/upgrade/secrets/carry-secrets.ts';
import { setAsideRules } from '../../src/upgrade/set-aside/rules.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';
import { python311 } from '../support/letta-installations.ts';
import { type Answer, LettaServer } from '../support/letta-server.ts';
import { itemsOf } from '../support/serve-and-collect.ts';
import { type FixtureAsBuilt, fixtureAsBuilt } from '../upgrade/fixture-as-built.ts';

const skip = (await python311()) ? false : 'no Python 3.11 with venv on this machine';
const options = { reporter: silentReporter, signal: new AbortController().signal, encryptedIn: () => null };

/** What a real server shows of the database, read from a copy. */
async function seen(built: FixtureAsBuilt, encryptionKey: string | null, release: '0.16.2' | '0.16.8' = '0.16.8') {
  await built.session.close();
  await using copy = await built.database.copy();
  await using letta = await LettaServer.start(copy.url, release, { encryptionKey });
  const agents = await letta.get('/v1/agents/?limit=1000&show_hidden_agents=true');
  const secrets = await letta.get('/v1/agents/?limit=1000&show_hidden_agents=true&include=agent.secrets');
  const mcp = await letta.get('/v1/tools/mcp/servers');
  const before = (await copy.query<{ id: string }>('select id from tools')).map(({ id }) => id);
  await letta.get('/v1/tools/?limit=1000');
  const after = new Set((await copy.query<{ id: string }>('select id from tools')).map(({ id }) => id));
  return { agents, secrets: secretsOf(secrets), mcp, deleted: before.filter((id) => !after.has(id)) };
}

/** Agents' secrets as a server shows them: id → value. */
function secretsOf(agents: Answer): Record<string, string> {
  const all = itemsOf(agents) as { secrets?: { id: string; value: string }[] }[];
  return Object.fromEntries(all.flatMap(({ secrets }) => (secrets ?? []).map(({ id, value }) => [id, value])));
}

const oracle = () => fixtureAsBuilt('oracle-0.11.3-to-0.16.8', { from: '0.11.3', constraints: 'kept' });
const spoil = (built: FixtureAsBuilt) =>
  built.query(`update tools set return_char_limit = null where id = (select min(id) from tools where tool_type = 'custom');
    update tools set json_schema = '[]' where id = (select max(id) from tools where tool_type = 'custom')`);
const plain = async (built: FixtureAsBuilt) =>
  Object.fromEntries(
    (await built.query('select id, value from agent_environment_variables')).map(({ id = '', value = '' }) => [id, value]),
  );

describe('Letta 0.16.8 on what its own upgrade from 0.11.3 left', { skip }, () => {
  test('fails, shows no secret and deletes tools before the passes', async () => {
    await using built = await oracle();
    await spoil(built);
    const { agents, secrets, mcp, deleted } = await seen(built, fixtureEncryptionKey);
    assert.equal(agents.status, 400);
    assert.equal(mcp.status, 400);
    assert.ok(deleted.length >= 3);
    assert.ok(Object.keys(secrets).length === 7 && Object.values(secrets).every((value) => value === '<encrypted>'));
  });

  for (const key of [fixtureEncryptionKey, null])
    test(`lists everything after them, with every secret, and deletes nothing (${key === null ? 'without' : 'with'} a key)`, async () => {
      await using built = await oracle();
      await spoil(built);
      const expected = await plain(built);
      if (key === null) await built.query(clearAllSealed);
      await carrySecrets(built, { ...options, key });
      for (const rule of setAsideRules) await rule.run(built);
      const { agents, secrets, mcp, deleted } = await seen(built, key);
      assert.equal(itemsOf(agents).length, 18);
      assert.equal(mcp.status, 200);
      assert.deepEqual(deleted, []);
      const placeholders = Object.fromEntries(
        Object.entries(expected).map(([id, value]) => [id, value === '' && key === null ? '<encrypted>' : value]),
      );
      assert.deepEqual(secrets, placeholders);
    });
});

test('0.16.2 hands out every secret after the pass', { skip }, async () => {
  await using built = await fixtureAsBuilt('oracle-0.11.3-to-0.16.2', { from: '0.11.3', constraints: 'kept' });
  const expected = await plain(built);
  await carrySecrets(built, { ...options, key: fixtureEncryptionKey });
  for (const rule of setAsideRules) assert.deepEqual(await rule.run(built), []);
  const { agents, secrets, mcp, deleted } = await seen(built, fixtureEncryptionKey, '0.16.2');
  assert.equal(itemsOf(agents).length, 18);
  assert.equal(mcp.status, 200);
  assert.deepEqual(deleted, []);
  assert.deepEqual(secrets, expected);
});

/** The oracle was upgraded with a key: without one nothing is encrypted. */
const clearAllSealed = `update providers set api_key_enc = null, access_key_enc = null; update mcp_server set token_enc = null, custom_headers_enc = null;
  update sandbox_environment_variables set value_enc = null;
  update mcp_oauth set access_token_enc = null, refresh_token_enc = null, client_secret_enc = null, authorization_code_enc = null`;
