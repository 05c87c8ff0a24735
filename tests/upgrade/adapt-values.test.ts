import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findRelease } from '../../src/letta/catalogue.ts';
import { adaptValues } from '../../src/upgrade/adapt/adapt-values.ts';
import type { Loss } from '../../src/upgrade/loss.ts';
import { fixtureFacts } from '../support/fixtures.ts';
import { lettaReleases } from '../support/letta-installations.ts';
import { type BuiltFixture, builtFromFixture } from './built-from-fixture.ts';
import { forAgent, targets } from './refused-values.ts';

const headOf = (release: string): string => findRelease(release)?.head ?? assert.fail(release);

/** Digest of every row that has an id. */
async function digests(built: BuiltFixture): Promise<Map<string, string>> {
  const tables = built.model.tables.filter(({ columns }) => columns.some(({ name }) => name === 'id'));
  const rows = await Promise.all(
    tables.map(({ name }) =>
      built.query<{ key: string; md5: string }>(`select '${name} ' || t.id as key, md5(t::text) from built."${name}" t`),
    ),
  );
  return new Map(rows.flat().map(({ key, md5 }) => [key, md5]));
}

for (const { fixture, to, values } of targets) {
  describe(`${fixture} for ${to}`, () => {
    const { agent_keys } = fixtureFacts(fixture);
    let built: BuiltFixture;
    let losses: Loss[];
    let former: Map<string, string>;
    before(async () => {
      built = await builtFromFixture(fixture, headOf(to));
      for (const { spoil, agent } of values) await built.query(forAgent(spoil, agent_keys, agent));
      former = await digests(built);
      losses = await adaptValues(built, to);
    });
    after(() => built[Symbol.asyncDispose]());

    for (const { name, agent, read, becomes, loss } of values) {
      test(name, async () => {
        const [row] = await built.query(forAgent(read, agent_keys, agent));
        const [value] = Object.values(row ?? {});
        if (becomes !== null) assert.equal(value, becomes);
        if (!loss) return;
        const places = losses.map((each) => `${each.class} ${each.table}.${each.column}`);
        assert.ok(places.includes(`${loss.class} ${loss.place}`), places.join('\n'));
      });
    }

    test('only rows of the log have changed, and each has', async () => {
      const now = await digests(built);
      const changed = [...now].filter(([key, md5]) => former.get(key) !== md5).map(([key]) => key);
      const logged = await built.query<{ key: string }>(`select distinct table_name || ' ' || id as key from lifeboat_source.altered`);
      assert.deepEqual(changed.sort(), logged.map(({ key }) => key).sort());
      assert.equal(now.size, former.size);
    });

    test('nothing is left to adapt', async () => {
      assert.deepEqual(await adaptValues(built, to), []);
    });

    test('every loss counts its rows and says why', () => {
      for (const loss of losses) {
        assert.ok(loss.rows > 0 && loss.examples.length > 0, loss.reason);
        assert.match(loss.reason, /^(?:in )?Letta \d/);
        assert.equal(loss.class === 'set aside', loss.wayBack !== undefined);
      }
    });
  });
}

describe('a database of the same release', () => {
  for (const release of lettaReleases) {
    test(`of ${release} stays as it is`, async () => {
      await using built = await builtFromFixture(`letta-${release}`, headOf(release));
      assert.deepEqual(await adaptValues(built, release), []);
    });
  }
});

test('where releases share a revision, the one that is named decides', async () => {
  await using built = await builtFromFixture('letta-0.11.3', headOf('0.14.0'));
  const { memo } = fixtureFacts('letta-0.11.3').agent_keys;
  await built.query(
    `update agents set llm_config = '{"model": "m", "context_window": 1, "model_endpoint_type": "openai", "reasoning_effort": "none"}' where id = '${memo}'`,
  );
  assert.deepEqual(await adaptValues(built), []); // 0.15.1 knows it
  const [loss] = await adaptValues(built, '0.14.0');
  assert.match(loss?.reason ?? '', /0\.14\.0 has no reasoning_effort none/);
  assert.deepEqual(loss?.agents, [{ id: memo, rows: 1 }]);
});

test('an answer to a request for approval that 0.12.1 can show stays one, another does not', async () => {
  await using built = await builtFromFixture('letta-0.16.8', headOf('0.12.1'));
  const [shown, other] = await built.query<{ id: string }>(
    `select m.id from messages m join agents a on a.id = m.agent_id and strpos(a.message_ids::text, m.id) > 0 where m.role = 'user' order by m.id limit 2`,
  );
  const answer = `update messages set role = 'approval', tool_calls = '[]', content = null`;
  await built.query(
    `${answer}, approve = true, approval_request_id = 'message-1' where id = '${shown?.id}'; ${answer} where id = '${other?.id}'`,
  );
  const changed = (await adaptValues(built)).filter(({ reason }) => reason.includes('approval'));
  assert.deepEqual(new Set(changed.map(({ table, rows }) => `${table} ${rows}`)), new Set(['messages 1', 'agents 1']));
  const roles = await built.query<{ role: string }>(`select role from messages where id in ('${shown?.id}', '${other?.id}') order by id`);
  assert.deepEqual(
    roles.map(({ role }) => role),
    ['approval', 'user'],
  );
});

test('a release whose models nobody has read is refused', async () => {
  await using built = await builtFromFixture('letta-0.11.3', headOf('0.11.0'));
  await assert.rejects(adaptValues(built, '0.10.1'), /what Letta 0\.10\.1 accepts is not known/);
});
