import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FixtureName, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type LettaRelease, lettaReleases, python311 } from '../support/letta-installations.ts';
import { LettaServer, startFakeLlm } from '../support/letta-server.ts';
import { testServer } from '../support/postgres.ts';
import { itemsOf, serveAndCollect } from '../support/serve-and-collect.ts';

const skip = (await python311()) ? false : 'no Python 3.11 with venv on this machine';

describe('real Letta servers', { skip }, () => {
  const databases: [FixtureName, LettaRelease][] = lettaReleases.map((release) => [`letta-${release}`, release]);
  for (const [name, release] of [...databases, ['letta-0.16.2.custom-layout', '0.16.2'] as const]) {
    test(`${release} serves ${name}, and twice the same`, async () => {
      await using database = await loadFixture(await testServer(), name);
      const first = await serveAndCollect(database, release);
      const second = await serveAndCollect(database, release);
      assert.deepEqual(second, first);

      const agents = itemsOf<{ id: string; name: string }>(first.agents);
      const memo = fixtureFacts(name).agent_keys.memo ?? '';
      assert.equal(agents.length, 18);
      assert.equal(agents.find(({ id }) => id === memo)?.name, 'Memo');
      assert.ok(itemsOf(first.byAgent[memo]?.messages ?? assert.fail()).length > 0);
      assert.ok(itemsOf(first.byAgent[memo]?.passages ?? assert.fail()).length > 0);
    });
  }

  test('an upgrade by the server itself, 0.11.3 → 0.16.8, loses the list of agents', async () => {
    await using database = await loadFixture(await testServer(), 'oracle-0.11.3-to-0.16.8');
    const { agents } = await serveAndCollect(database, '0.16.8');
    assert.equal(agents.status, 400);
  });

  test('an agent answers through the fake LLM', async () => {
    await using database = await loadFixture(await testServer(), 'letta-0.16.8');
    // The agents' models point at this port.
    await using _llm = await startFakeLlm(18080);
    await using letta = await LettaServer.start(database.url, '0.16.8');
    const { research } = fixtureFacts('letta-0.16.8').agent_keys;
    const answer = await fetch(`${letta.url}/v1/agents/${research}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Are you there?' }] }),
    });
    const { messages } = (await answer.json()) as { messages: { message_type: string }[] };
    assert.ok(messages.some(({ message_type }) => message_type === 'assistant_message'));
  });
});
