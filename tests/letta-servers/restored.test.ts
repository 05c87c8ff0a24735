import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { type FixtureName, fixtureEncryptionKey, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type LettaRelease, python311 } from '../support/letta-installations.ts';
import { LettaServer, startFakeLlm } from '../support/letta-server.ts';
import { TestDatabase, testServer } from '../support/postgres.ts';
import { itemsOf, serveAndCollect } from '../support/serve-and-collect.ts';

const skip = (await python311()) ? false : 'no Python 3.11 with venv on this machine';

/** A real server must not be able to tell the restored database from the one that was backed up. */
describe('a real Letta server on a restored database', { skip }, () => {
  const cases: [FixtureName, LettaRelease, 'same' | 'letta'][] = [
    ['letta-0.11.3', '0.11.3', 'same'],
    ['letta-0.16.2.custom-layout', '0.16.2', 'same'],
    ['letta-0.16.8', '0.16.8', 'letta'],
  ];
  for (const [name, release, layout] of cases) {
    test(`${release} serves agents, blocks, messages and archival memory as before (${name}, layout ${layout})`, async () => {
      const server = await testServer();
      await using source = await loadFixture(server, name);
      await using held = await TestVault.create({ minimum: 4096, target: 16384, maximum: 65536 });
      const { ref } = await backUp(source.url, held.vault);
      await using restored = new TestDatabase(server, `${source.name}_restored`);
      const result = await restoreTo(restored.url, held.vault, ref, {
        layout: layout === 'same' ? { kind: 'same' } : { kind: 'schema', name: layout },
      });
      assert.equal(result.comparison?.equal, true);
      const before = await serveAndCollect(source, release);
      const after = await serveAndCollect(restored, release);
      assert.deepEqual(comparable(after), comparable(before));
      assert.equal(itemsOf(after.agents).length, 18);
      const memo = fixtureFacts(name).agent_keys.memo ?? '';
      assert.ok(itemsOf(after.byAgent[memo]?.messages ?? assert.fail()).length > 0);
    });
  }

  test('the first message after a restore gets the next sequence id', async () => {
    const server = await testServer();
    await using source = await loadFixture(server, 'letta-0.16.8');
    await using held = await TestVault.create();
    const { ref } = await backUp(source.url, held.vault, { encryptionKey: fixtureEncryptionKey });
    await using restored = new TestDatabase(server, `${source.name}_restored`);
    await restoreTo(restored.url, held.vault, ref);
    const [before] = await restored.query<{ last: string }>('select max(sequence_id) as last from messages');
    await using _llm = await startFakeLlm(18080);
    await using letta = await LettaServer.start(restored.url, '0.16.8');
    const answer = await fetch(`${letta.url}/v1/agents/${fixtureFacts('letta-0.16.8').agent_keys.memo}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Do you remember?' }] }),
    });
    assert.equal(answer.status, 200);
    const added = await restored.query<{ sequence_id: string }>('select sequence_id from messages where sequence_id > $1 order by 1', [
      before?.last,
    ]);
    assert.ok(added.length >= 2);
    assert.equal(Number(added[0]?.sequence_id), Number(before?.last) + 1);
  });
});

/** Lists whose order says something; the others come from queries without ORDER BY, in the order of the rows on disk. */
const ordered = new Set(['messages', 'message_ids', 'agent_ids', 'tool_calls', 'content', 'passages']);

/** What a server's answers mean: unordered lists sorted, ids that it invents at each reading taken out. */
function comparable(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item, name));
    return ordered.has(name) ? items : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (value === null || typeof value !== 'object') return value;
  const inner = (key: string) => (key === 'body' ? name : key);
  const entries = Object.entries(value).map(([key, each]) => [key, comparable(each, inner(key))]);
  // The view of an open file is made up as a block at each reading.
  return Object.fromEntries('is_open' in value ? entries.filter(([key]) => key !== 'id') : entries);
}
