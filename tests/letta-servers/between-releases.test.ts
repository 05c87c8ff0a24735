import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FixtureName, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type LettaRelease, python311 } from '../support/letta-installations.ts';
import { LettaServer, startFakeLlm } from '../support/letta-server.ts';
import { type TestDatabase, testServer } from '../support/postgres.ts';
import { itemsOf } from '../support/serve-and-collect.ts';
import { upgradeFixture } from '../upgrade/upgrade-fixture.ts';
import { observeAgents, observeRuns, type SeenAgent } from './observe.ts';
import { pointModelsAt, say } from './say.ts';

const skip = (await python311()) ? false : 'no Python 3.11 with venv on this machine';

/** Snapshots built for an older server, where Letta's own ways do not lead or end half-way, and in the Docker image's layout. */
describe('agents of one release on another’s server', { skip }, () => {
  const ways: [FixtureName, LettaRelease, LettaRelease][] = [
    ['letta-0.16.8', '0.16.8', '0.16.2'],
    ['letta-0.16.8', '0.16.8', '0.11.3'],
    ['letta-0.16.2', '0.16.2', '0.11.3'],
    ['letta-0.16.2.custom-layout', '0.16.2', '0.16.8'],
  ];
  for (const [name, from, to] of ways) {
    test(`${name.replace('letta-', '')} → ${to}`, async (t) => {
      await using upgraded = await upgradeFixture(name, to);
      await using copy = await upgraded.built.copy();
      await using llm = await startFakeLlm();
      await using letta = await LettaServer.start(copy.url, to, { llm: llm.url });

      await t.test('agents have the blocks, messages, archival memory and secrets that they had', async () => {
        assert.equal(itemsOf(await letta.get('/v1/agents/?limit=1000')).length, 17);
        const [before, after] = [await observedAt(from), await observeAgents(letta)];
        assert.equal(after.size, 18);
        assert.deepEqual([...after.keys()], [...before.keys()]);
        const known = await shownDifferently(upgraded.source);
        for (const [id, agent] of after)
          assert.deepEqual(comparable(agent, known, to), comparable(before.get(id) ?? assert.fail(id), known, to), agent.name);
      });

      await t.test('runs are there by their ids, and every list is', async () => {
        const runs = await upgraded.source.query<{ id: string; status: string }>('select id, status from runs order by id');
        const seen = await observeRuns(
          letta,
          runs.slice(0, 20).map(({ id }) => id),
          ['steps'],
        );
        for (const { id, status } of runs.slice(0, 20)) assert.equal(seen.get(id)?.status, status);
        for (const path of ['runs/', 'jobs/', 'tools/mcp/servers', 'groups/', 'folders/', 'identities/', 'providers/', 'blocks/'])
          assert.equal((await letta.get(`/v1/${path}`)).status, 200, path);
      });

      await t.test('an agent answers with the next sequence id, and its tool gets its secret', async () => {
        await pointModelsAt(copy, llm.url);
        const agent = fixtureFacts(name).agent_keys.research ?? '';
        const { status, answers, added, before } = await say(letta, copy, agent, '[[call secret_fingerprint]]');
        assert.equal(status, 200, JSON.stringify(answers));
        assert.equal(added[0]?.sequenceId, before + 1);
        assert.equal(answers.find(({ type }) => type === 'tool_return_message')?.text, 'len=23 sha=f58d8656');
      });
    });
  }
});

const observed = new Map<string, Promise<Map<string, SeenAgent>>>();

/** A release's fixture on its own server, started once. */
function observedAt(release: LettaRelease): Promise<Map<string, SeenAgent>> {
  const observe = async () => {
    await using source = await loadFixture(await testServer(), `letta-${release}`);
    await using letta = await LettaServer.start(source.url, release);
    return await observeAgents(letta);
  };
  const seen = observed.get(release) ?? observe();
  observed.set(release, seen);
  return seen;
}

interface Known {
  /** Soft-deleted messages: 0.16.8 does not list them, older servers do. */
  deleted: string[];
  /** Requests for approval: 0.11.3 has none. */
  approvals: string[];
}

async function shownDifferently(source: TestDatabase): Promise<Known> {
  const ids = async (where: string) => (await source.query<{ id: string }>(`select id from messages where ${where}`)).map(({ id }) => id);
  return { deleted: await ids('is_deleted'), approvals: await ids(`role = 'approval'`) };
}

/** Built-in tools that began after 0.11.3. */
const newTools = ['fetch_webpage', 'memory', 'memory_apply_patch', 'run_code_with_tools'];

/** An agent in terms that both servers share; all that is left out here is in the loss report. */
function comparable(agent: SeenAgent, { deleted, approvals }: Known, to: LettaRelease): SeenAgent {
  const messages = agent.messages?.filter(({ id }) => !deleted.includes(id)) ?? null;
  if (to !== '0.11.3') return { ...agent, messages };
  return {
    ...agent,
    agentType: agent.agentType === 'letta_v1_agent' ? 'memgpt_v2_agent' : agent.agentType,
    tools: agent.tools.filter((name) => !newTools.includes(name)),
    messageIds: agent.messageIds.filter((id) => !approvals.includes(id)),
    // To 0.11.3 everything that an agent says without the tool send_message is its reasoning.
    messages: messages?.map((message) => ({ ...message, type: shared[message.type] ?? message.type })) ?? null,
  };
}

const shared: Record<string, string> = {
  assistant_message: 'reasoning_message',
  approval_request_message: 'tool_call_message',
};
