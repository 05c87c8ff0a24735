import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { releasesAt, revisionInfo, revisions } from '../../src/letta/catalogue.ts';
import type { Loss } from '../../src/upgrade/loss.ts';
import type { RevisionStep } from '../../src/upgrade/revision-step.ts';
import { revisionSteps } from '../../src/upgrade/steps.ts';
import { TestVault } from '../road/road.ts';
import { type TestServer, testServer } from '../support/postgres.ts';
import { heads } from './heads.ts';
import { lossName, type PairResult, prepareSource, type Source, supportedPairs, tryPair } from './matrix.ts';
import { samplePairs, variations } from './matrix-cases.ts';
import { untried } from './matrix-report.ts';
import type { PopulateOptions } from './populate.ts';
import { scenarios } from './scenarios.ts';

const at = (position: number) => revisions()[position - 1]!;
const sources = new Map<string, Promise<Source>>();
let server: TestServer;
let vault: TestVault;
before(async () => {
  server = await testServer();
  vault = await TestVault.create();
});
after(() => vault[Symbol.asyncDispose]());

/** One snapshot per source, however many targets it is restored to. */
function source(revision: string, options: PopulateOptions = {}): Promise<Source> {
  const key = `${revision} ${JSON.stringify(options)}`;
  const made = sources.get(key) ?? prepareSource(server, vault.vault, revision, options);
  sources.set(key, made);
  return made;
}

describe('a populated database restored at another release', { concurrency: 2 }, () => {
  for (const [from, to] of samplePairs) {
    const names = [from, to].map((position) => releasesAt(at(position).revision)[0]);
    it(`${names[0]} → ${names[1]}: as the catalogue has it, equal where it is carried, every loss reported`, async () => {
      const result = await tryPair(server, vault.vault, await source(at(from).revision), at(to));
      assert.deepEqual(result.problems, []);
    });
  }

  for (const { name, revision, options, to } of variations) {
    it(`${name} → ${releasesAt(at(to).revision)[0]}`, async () => {
      const result = await tryPair(server, vault.vault, await source(revision, options), at(to));
      assert.deepEqual(result.problems, []);
    });
  }
});

/** Reported at `table.column`, for this reason. */
const lossAt = (table: string, column: string, reason: string): Loss => ({
  class: 'dropped',
  table,
  column,
  rows: 1,
  reason,
  agents: [],
  examples: [],
});

describe('the matrix', () => {
  it('has a situation for every revision that moves data', () => {
    const entered = new Set(scenarios.map(({ enters }) => enters));
    assert.deepEqual(
      revisionSteps.filter(({ revision }) => !entered.has(revision)).map(({ revision }) => revision),
      [],
    );
  });

  it('crosses every one of them in the pairs that npm test tries, upwards and, from 0.11.0 on, downwards', () => {
    const crossed = (step: RevisionStep, way: 'up' | 'down') => {
      const place = revisionInfo(step.revision)!.position;
      if (step[way] === undefined || (way === 'down' && place <= 107)) return true;
      return samplePairs.some(([from, to]) => (way === 'up' ? from < place && place <= to : to < place && place <= from));
    };
    for (const way of ['up', 'down'] as const)
      assert.deepEqual(
        revisionSteps.filter((step) => !crossed(step, way)).map(({ revision }) => revision),
        [],
        way,
      );
  });

  it('names what its cases leave untried: a revision without situation, a step that no way took, a loss that never happened', () => {
    const [first, second] = revisionSteps;
    assert.ok(first && second);
    const steps = [first, second];
    const situations = scenarios.filter(({ enters }) => enters === first.revision || enters === second.revision);
    const reason = 'no place for it';
    const result: PairResult = {
      from: at(1),
      to: at(167),
      seconds: 1,
      problems: [],
      losses: [lossAt('agents', 'a', reason)],
      possible: [lossName('agents', 'a', reason)],
      steps: steps.map(({ revision }) => `revision ${revision}`),
    };
    assert.deepEqual(untried([result], steps, situations), []);
    assert.deepEqual(
      untried(
        [result],
        steps,
        situations.filter(({ enters }) => enters !== second.revision),
      ),
      [`no situation enters ${second.revision}`],
    );
    assert.deepEqual(untried([{ ...result, steps: result.steps.slice(0, 1) }], steps, situations), [
      `no way took the step of ${second.revision}`,
    ]);
    assert.deepEqual(untried([{ ...result, possible: [...result.possible, lossName('agents', 'b', reason)] }], steps, situations), [
      `never happened: ${lossName('agents', 'b', reason)}`,
    ]);
    assert.equal(untried([], steps, []).length, 4);
  });

  it('has every pair: upwards from 0.6.0, downwards to 0.11.0', () => {
    const pairs = supportedPairs();
    assert.equal(pairs.size, 62);
    const all = [...pairs.values()].flat();
    const upwards = all.filter(({ from, to }) => to.position > from.position);
    assert.equal(upwards.length, (heads().length * (heads().length - 1)) / 2);
    assert.ok(all.filter(({ from, to }) => to.position < from.position).every(({ from, to }) => from.position > 107 && to.position >= 107));
  });
});
