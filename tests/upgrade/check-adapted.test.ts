import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findRelease } from '../../src/letta/catalogue.ts';
import { adaptValues } from '../../src/upgrade/adapt/adapt-values.ts';
import { type BuildContext, lookAfterwards } from '../../src/upgrade/build-context.ts';
import { checkAdapted } from '../../src/upgrade/check-adapted.ts';
import { fixtureFacts } from '../support/fixtures.ts';
import { type BuiltFixture, builtFromFixture } from './built-from-fixture.ts';
import { forAgent, targets } from './refused-values.ts';

/** What a pass with a mistake would have written: the same with one thing more, or another value. */
const mistake = (adapted: string | null): string => {
  if (adapted === null) return 'planted';
  let value: unknown;
  try {
    value = JSON.parse(adapted);
  } catch {
    return 'planted';
  }
  if (Array.isArray(value)) return JSON.stringify([...value, { type: 'planted', func_response: 1 }]);
  if (typeof value === 'object' && value !== null) return JSON.stringify({ ...value, planted: true });
  return typeof value === 'number' ? String(value + 1) : 'planted';
};

for (const { fixture, to, values } of targets) {
  describe(`the second route to values of ${fixture} that were adapted for ${to}`, () => {
    let built: BuiltFixture;
    let context: BuildContext;
    const wrong = async () => await checkAdapted(built.session, context, await lookAfterwards(built.session));
    before(async () => {
      built = await builtFromFixture(fixture, findRelease(to)?.head ?? assert.fail());
      for (const { spoil, agent } of values) await built.query(forAgent(spoil, fixtureFacts(fixture).agent_keys, agent));
      await adaptValues(built, to);
      context = { plan: { model: built.model }, home: built.home, release: to } as BuildContext;
    });
    after(() => built[Symbol.asyncDispose]());

    test('agrees with what the rules made', async () => assert.deepEqual(await wrong(), []));

    test('finds each value that a rule would have made with a mistake', async () => {
      const rows = await built.query<{ table_name: string; column_name: string; id: string; adapted: string | null }>(
        'select table_name, column_name, id, adapted from lifeboat_source.altered where adapted is distinct from original',
      );
      assert.ok(rows.length > 0);
      const unseen: string[] = [];
      for (const { table_name: table, column_name: column, id, adapted } of rows) {
        const planted = mistake(adapted);
        const put = (value: string | null) =>
          built.query('update lifeboat_source.altered set adapted = $4 where table_name = $1 and column_name = $2 and id = $3', [
            table,
            column,
            id,
            value,
          ]);
        await put(planted);
        // A text that is no number, or no boolean, cannot be in such a column at all.
        const found = await wrong().catch((error: Error) =>
          /invalid input syntax/.test(error.message) ? ['refused'] : Promise.reject(error),
        );
        if (found.length === 0) unseen.push(`${table}.${column} ${id}: ${adapted} → ${planted}`);
        await put(adapted);
      }
      assert.deepEqual(unseen, []);
      assert.deepEqual(await wrong(), []);
    });

    test('finds a value that did not have to be changed', async () => {
      const [agent] = await built.query<{ id: string; agent_type: string }>(
        `select id, agent_type from built.agents t where not exists (select from lifeboat_source.altered l where l.id = t.id) limit 1`,
      );
      assert.ok(agent);
      await built.query(`insert into lifeboat_source.altered values ('agents', $1, 'agent_type', $2, 'memgpt_agent')`, [
        agent.id,
        'memgpt_v2_agent',
      ]);
      assert.match((await wrong())[0]?.what ?? '', /although the release accepts it/);
      await built.query(`delete from lifeboat_source.altered where id = $1`, [agent.id]);
    });
  });
}
