import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drill } from '../../src/drill/drill.ts';
import { selfTest } from '../../src/drill/self-test.ts';
import { serverPlan } from '../../src/drill/server-throwaway.ts';
import { findTargetRevision } from '../../src/letta/find-revision.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import type { ContentProof } from '../../src/restore/content.ts';
import { type ProvenDatabase, restore } from '../../src/restore/restore.ts';
import { never } from '../road/road.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';
import { type TestServer, testServer } from '../support/postgres.ts';
import { DrillStage } from './stage.ts';

let server: TestServer;
let stage: DrillStage;

/** Restores the stage's snapshot and does `work` where the self-test is done. */
async function whenProven(release: string | null, work: (proven: ProvenDatabase) => Promise<void>): Promise<void> {
  const name = `self_test_${Math.random().toString(16).slice(2)}`;
  const target = openDatabase(server.url(name));
  try {
    const result = await restore({
      vault: stage.held.vault,
      ref: stage.ref,
      target,
      request: {
        layout: { kind: 'same' },
        owner: null,
        withObjects: false,
        release: release === null ? null : findTargetRevision(release),
      },
      keys: { encryptionKey: fixtureEncryptionKey, rekeyTo: null },
      reporter: silentReporter,
      signal: never,
      confirm: async () => true,
      onProven: work,
    });
    assert.equal(result.comparison?.equal, true);
  } finally {
    await target.close();
    await server.dropDatabase(name);
  }
}

const seeds = Array.from({ length: 25 }, (_, number) => (number * 0x9e3779b1 + 7).toString(16).slice(-8).padStart(8, '0'));

describe('the check that can fail', () => {
  before(async () => {
    server = await testServer();
    stage = await DrillStage.set('letta-0.11.3');
  });
  after(() => stage[Symbol.asyncDispose]());

  for (const release of [null, '0.16.8'])
    it(`${release ?? 'the same release'}: whatever is chosen, exactly these tables are named, and all is as before afterwards`, async () => {
      const chosen = new Set<string>();
      await whenProven(release, async (proven) => {
        for (const seed of release === null ? seeds : seeds.slice(0, 6)) {
          const result = await selfTest(proven, seed);
          assert.deepEqual(
            [result.passed, result.undone, result.planted.length],
            [true, true, 3],
            `seed ${seed}: ${JSON.stringify(result)}`,
          );
          for (const { table } of result.planted) chosen.add(table);
        }
      });
      assert.ok(chosen.size > 8, `${chosen.size} tables: ${[...chosen]}`);
    });

  it('the same seed changes the same values', async () => {
    await whenProven(null, async (proven) => {
      const [one, other] = [await selfTest(proven, '0000002a'), await selfTest(proven, '0000002a')];
      assert.deepEqual(one, other);
    });
  });

  /** How a comparison may be broken: it is given the true one. */
  const broken: { what: string; compare: (proven: ProvenDatabase) => Promise<ContentProof>; message: RegExp }[] = [
    {
      what: 'always says equal',
      compare: async ({ prove }) => {
        const proof = await prove();
        return { ...proof, comparison: { ...proof.comparison, equal: true, differences: [] } };
      },
      message: /changed on purpose in .+; the comparison named nothing\. It cannot be relied on/,
    },
    {
      what: 'overlooks one table',
      compare: async ({ prove }) => {
        const proof = await prove();
        return { ...proof, comparison: { ...proof.comparison, differences: proof.comparison.differences.slice(1) } };
      },
      message: /the comparison named \w+, \w+\. It cannot/,
    },
    {
      what: 'names another row',
      compare: async ({ prove }) => {
        const proof = await prove();
        const differences = proof.comparison.differences.map((each) => ({
          ...each,
          rows: each.rows.map((row) => ({ ...row, columns: ['another'] })),
        }));
        return { ...proof, comparison: { ...proof.comparison, differences } };
      },
      message: /It cannot be relied on/,
    },
    {
      what: 'names a table too many, always',
      compare: async ({ prove }) => {
        const proof = await prove();
        const more = {
          table: 'agents_tags',
          reason: 'content' as const,
          rowsExpected: 1,
          rowsActual: 1,
          segmentsDiffering: 1,
          rows: [],
          sampled: false,
        };
        return { ...proof, comparison: { ...proof.comparison, equal: false, differences: [...proof.comparison.differences, more] } };
      },
      message: /It cannot be relied on/,
    },
  ];
  for (const { what, compare, message } of broken)
    it(`a comparison that ${what} fails the drill`, async () => {
      const place = openDatabase(server.url());
      const proof = await drill(stage.options(serverPlan(place, null), { compare, seed: '00c0ffee' }));
      assert.equal(proof.outcome, 'failed');
      assert.equal(proof.failure?.code, 'self-test');
      assert.match(proof.failure.message, message);
      assert.equal(proof.selfTest?.passed, false);
      await place.close();
    });

  it('a comparison that still differs after the values were put back fails the drill', async () => {
    const place = openDatabase(server.url());
    let asked = 0;
    const compare = async ({ session, home, prove }: ProvenDatabase) => {
      if (++asked === 2) await session.query(`update "${home}".users set name = name || '!'`);
      return await prove();
    };
    const proof = await drill(stage.options(serverPlan(place, null), { compare, seed: '00c0ffee' }));
    assert.deepEqual([proof.outcome, proof.selfTest?.passed, proof.selfTest?.undone], ['failed', true, false]);
    assert.match(proof.failure?.message ?? '', /put back, and the comparison still named/);
    await place.close();
  });

  it('nothing of a changed value is kept in the proof', async () => {
    await whenProven(null, async (proven) => {
      const { planted } = await selfTest(proven, '00c0ffee');
      for (const each of planted) assert.deepEqual(Object.keys(each).sort(), ['column', 'row', 'table']);
    });
  });
});
