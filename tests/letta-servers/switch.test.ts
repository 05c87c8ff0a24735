import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { fixtureEncryptionKey, fixtureFacts, loadFixture } from '../support/fixtures.ts';
import { type LettaRelease, lettaReleases, python311 } from '../support/letta-installations.ts';
import { LettaServer, startFakeLlm } from '../support/letta-server.ts';
import { privateServer, TestDatabase } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { itemsOf } from '../support/serve-and-collect.ts';
import { outside, Stage } from '../switch/stage.ts';

const skip = (await python311()) ? false : 'no Python 3.11 with venv on this machine';

/** The port that the fixtures' agents find their model at. */
const llmPort = 18080;

describe('real Letta servers before, between and after a switch', { skip }, () => {
  test('0.16.2: runs, is stopped, switched, booted, rolled back; after a message, only by flag', async () => {
    await using server = await privateServer();
    await using held = await TestVault.create();
    const live = await loadFixture(server, 'letta-0.16.2', { name: 'letta' });
    const built = new TestDatabase(server, 'letta_restored');
    const { memo = '' } = fixtureFacts('letta-0.16.2').agent_keys;
    const { writeFile } = await import('node:fs/promises');
    const identity = `${held.directory}-identity.txt`;
    await writeFile(identity, `${held.identity}\n`);
    const env = {
      LIFEBOAT_PASSPHRASE: '',
      LIFEBOAT_IDENTITY: identity,
      LIFEBOAT_VAULT: held.directory,
      LIFEBOAT_STATE_DIR: `${held.directory}-state`,
    };
    const run = (...args: string[]) => lifeboat(args, { env });
    await using _llm = await startFakeLlm(llmPort);

    {
      await using letta = await LettaServer.start(live.url, '0.16.2');
      const { ref } = await backUp(live.url, held.vault, { encryptionKey: fixtureEncryptionKey });
      await restoreTo(built.url, held.vault, ref);
      assert.equal(itemsOf(await letta.get('/v1/agents/?limit=1000&show_hidden_agents=true')).length, 18);
      const refused = await run('switch', live.url, '--to', 'letta_restored', '--yes');
      assert.deepEqual([refused.code, refused.last.code], [14, 'switch-in-use'], refused.stdout);
      assert.match(String(refused.last.message), /on letta \(user postgres, process \d+/);
    }
    const before = await outside(server);
    const switched = await run('switch', live.url, '--to', 'letta_restored', '--yes');
    assert.equal(switched.code, 0, switched.stdout);
    assert.ok(Number(switched.last.renaming) < 1);

    {
      await using letta = await LettaServer.start(live.url, '0.16.2');
      assert.equal(itemsOf(await letta.get('/v1/agents/?limit=1000&show_hidden_agents=true')).length, 18);
    }
    const back = await run('rollback', live.url, '--yes');
    assert.deepEqual([back.code, back.last.losses], [0, []], back.stdout);
    assert.ok(Number(back.last.byBoot) > 0, 'a boot writes rows');
    assert.deepEqual(await outside(server), before);

    const again = await run('switch', live.url, '--to', 'letta_restored', '--yes');
    assert.equal(again.code, 0, again.stdout);
    {
      await using letta = await LettaServer.start(live.url, '0.16.2');
      const answer = await fetch(`${letta.url}/v1/agents/${memo}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: 'Are you the new one?' }] }),
      });
      assert.equal(answer.status, 200);
    }
    const refused = await run('rollback', live.url, '--yes');
    assert.deepEqual([refused.code, refused.last.code], [4, 'rows-written'], refused.stdout);
    const lost = refused.lines.filter(({ type, loss }) => type === 'written' && loss === true);
    const messages = lost.find(({ table }) => table === 'messages');
    assert.ok(Number(messages?.written) >= 2);
    assert.deepEqual(messages?.agents, [{ agent: memo, name: 'Memo' }]);
    assert.match(String(refused.last.message), /messages.*Memo/);
    const { report } = refused.last.facts as { report: string };
    const accepted = await run('rollback', live.url, '--yes', '--accept-losses', report);
    assert.equal(accepted.code, 0, accepted.stdout);

    await using letta = await LettaServer.start(live.url, '0.16.2');
    const agents = itemsOf<{ id: string }>(await letta.get('/v1/agents/?limit=1000&show_hidden_agents=true'));
    assert.ok(agents.some(({ id }) => id === memo));
  });

  for (const release of lettaReleases.filter((each): each is LettaRelease => each !== '0.16.2'))
    test(`${release}: what a boot writes does not stand in the way of rollback, also where other providers are switched on`, async () => {
      await using server = await privateServer();
      await using stage = await Stage.set(server, { fixture: `letta-${release}` });
      await stage.switch();
      for (const env of [{}, { ANTHROPIC_API_KEY: 'sk-ant-anything' }, {}]) {
        await using letta = await LettaServer.start(stage.live.url, release, { env });
        assert.ok(letta.url);
      }
      const { done, written } = await stage.rollBack();
      assert.equal(done, true);
      assert.ok((written?.tables ?? []).length > 0, 'a boot writes rows');
    });
});
