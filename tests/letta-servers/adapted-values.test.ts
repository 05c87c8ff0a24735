import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findRelease } from '../../src/letta/catalogue.ts';
import { adaptValues } from '../../src/upgrade/adapt/adapt-values.ts';
import { fixtureFacts } from '../support/fixtures.ts';
import { lettaReleases, python311 } from '../support/letta-installations.ts';
import { type LoadedRows, loadLettaRows } from '../support/load-letta-rows.ts';
import { builtFromFixture } from '../upgrade/built-from-fixture.ts';
import { forAgent, type RefusedValue, targets } from '../upgrade/refused-values.ts';

const skip = (await python311()) ? false : 'no Python 3.11 with venv on this machine';

/** Rows that a server refuses for what is not in a value: they are set aside (`src/upgrade/set-aside/`). */
const setAside = /is not a user-defined function in module|Non-public IP not allowed/;

const keys = ({ refused }: LoadedRows): Set<string> => new Set(refused.map(({ table, id }) => `${table} ${id}`));

describe('the models of real releases', { skip }, () => {
  for (const from of lettaReleases) {
    for (const to of lettaReleases.filter((each) => each !== from)) {
      const values: RefusedValue[] = targets.find((each) => each.fixture === `letta-${from}` && each.to === to)?.values ?? [];
      test(`of ${to} take every row of ${from} after adapting, and had refused every row that was changed`, async () => {
        const { agent_keys } = fixtureFacts(`letta-${from}`);
        await using built = await builtFromFixture(`letta-${from}`, findRelease(to)?.head ?? assert.fail());
        // What a revision's own step fills (src/upgrade/steps) is not this test's subject.
        for (const table of ['sources', 'archives']) await fillNewColumns(built, table);
        for (const { spoil, agent } of values) await built.query(forAgent(spoil, agent_keys, agent));

        const before = await loadLettaRows(built.url, to);
        await adaptValues(built, to);
        const after = await loadLettaRows(built.url, to);

        assert.deepEqual(
          after.refused.filter(({ error }) => !setAside.test(error)),
          [],
        );
        assert.ok(after.loaded > 700);
        // message_ids are changed for the sake of the model's provider, not of Letta's models.
        const altered = await built
          .query<{ key: string }>(
            `select distinct table_name || ' ' || id as key from lifeboat_source.altered where column_name <> 'message_ids'`,
          )
          .catch(() => []);
        const refusedBefore = keys(before);
        assert.deepEqual(
          altered.filter(({ key }) => !refusedBefore.has(key)),
          [],
        );
      });
    }
  }
});

async function fillNewColumns(built: Awaited<ReturnType<typeof builtFromFixture>>, name: string): Promise<void> {
  const columns = built.model.tables.find((table) => table.name === name)?.columns.map((column) => column.name) ?? [];
  if (columns.includes('vector_db_provider'))
    await built.query(`update ${name} set vector_db_provider = 'NATIVE' where vector_db_provider is null`);
  if (columns.includes('embedding_config'))
    await built.query(`update ${name} set embedding_config = (select embedding_config from agents limit 1) where embedding_config is null`);
}
