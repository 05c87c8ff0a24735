import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fixtureEncryptionKey, loadFixture } from '../../support/fixtures.ts';
import { dumpDifferences } from '../../support/independent-compare.ts';
import { type TestDatabase, testServer } from '../../support/postgres.ts';
import { type UpgradedFixture, upgradeFixture } from '../upgrade-fixture.ts';
import { compareWithOracle } from './compare-with-oracle.ts';
import { expectedDifferences, expectedSetAside, oracleReleases } from './expected-differences.ts';
import { type Row, readRows } from './read-rows.ts';

/** The same database of Letta 0.11.3, upgraded by Letta's own migrations and by Lifeboat. */
for (const release of oracleReleases) {
  describe(`0.11.3 → ${release} against Letta’s own upgrade of the same database`, () => {
    let ours: TestDatabase;
    let upstream: TestDatabase;
    let upgraded: UpgradedFixture;
    before(async () => {
      upstream = await loadFixture(await testServer(), `oracle-0.11.3-to-${release}`);
      upgraded = await upgradeFixture('letta-0.11.3', release);
      ours = upgraded.built;
    });
    after(async () => {
      await upgraded[Symbol.asyncDispose]();
      await upstream.drop();
    });

    test('every difference between rows is one that is meant', async () => {
      assert.deepEqual(await compareWithOracle(ours, upstream, release, expectedDifferences), []);
    });

    test('the schema is upstream’s to the letter, rows set aside apart', async () => {
      const differences = await dumpDifferences(ours, upstream, { schemaOnly: true });
      assert.deepEqual(
        differences.filter((line) => !/^pg_dump, first only: (?:CREATE TABLE|COMMENT ON TABLE) lifeboat_set_aside\./.test(line)),
        [],
      );
      assert.deepEqual(upgraded.result.drift, []);
    });

    test('agents’ secrets are what their owner entered', async () => {
      const rows = [...((await readRows(ours)).get('agent_environment_variables')?.rows.values() ?? [])];
      assert.equal(rows.length, 7);
      for (const { value, value_enc } of rows) assert.equal(value_enc, `decrypts to ${value}`);
    });

    test('runs hold what upstream leaves in jobs', async () => {
      const [mine, theirs] = [(await readRows(ours)).get('runs'), (await readRows(upstream)).get('jobs')];
      for (const [id, run] of mine?.rows ?? []) {
        const job = theirs?.rows.get(id) ?? assert.fail(`upstream has no job ${id}`);
        const shared = Object.keys(run).filter((column) => column in job && column !== 'organization_id');
        assert.equal(shared.length, 18);
        // A job's times have a time zone; a run's have none and are UTC.
        const same = (value: string | null | undefined) => value?.replace(/^([-\d]{10} [:.\d]+)\+00$/, '$1') ?? null;
        for (const column of shared) assert.equal(same(run[column]), same(job[column]), column);
      }
      assert.equal(mine?.rows.size, 64);
    });

    test('what is set aside is what upstream leaves where it was', async () => {
      const kept = await readRows(ours, 'lifeboat_set_aside');
      for (const other of ['(sequences)', 'reasons']) kept.delete(other);
      assert.deepEqual(Object.fromEntries([...kept].map(([table, { rows }]) => [table, rows.size])), expectedSetAside[release]);
      const theirs = await readRows(upstream);
      for (const [table, { rows }] of kept) {
        if (!theirs.has(table)) continue; // upstream drops it with all its rows
        const text = (row: Row) => JSON.stringify(Object.entries(row).sort());
        const there = new Set([...(theirs.get(table)?.rows.values() ?? [])].map(text));
        for (const row of rows.values()) assert.ok(there.has(text(row)), `${table}: ${text(row)}`);
      }
    });

    test('what is reported holds neither the key nor a secret', async () => {
      const secrets = await upgraded.source.query<{ value: string }>(`select value from agent_environment_variables where value <> ''`);
      const said = JSON.stringify(upgraded.result);
      for (const secret of [fixtureEncryptionKey, ...secrets.map(({ value }) => value)]) assert.ok(!said.includes(secret));
    });
  });
}
