/**
 * `npm run test:matrix [-- --from 0.11.3] [--to 0.16.8]`: a populated database of every release head, restored to every
 * other head that an upgrade is promised to; then the databases that are not as migrations leave them. Prints a table,
 * and ends with 1 where a pair is wrong or a branch of a data-moving revision was entered by no case.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { revisions } from '../src/letta/catalogue.ts';
import { findTargetRevision } from '../src/letta/find-revision.ts';
import { revisionSteps } from '../src/upgrade/steps.ts';
import { TestVault } from '../tests/road/road.ts';
import { testServer } from '../tests/support/postgres.ts';
import { type Pair, type PairResult, prepareSource, supportedPairs, tryPair } from '../tests/upgrade/matrix.ts';
import { variations } from '../tests/upgrade/matrix-cases.ts';
import { grid, problemKinds, untried } from '../tests/upgrade/matrix-report.ts';
import type { PopulateOptions } from '../tests/upgrade/populate.ts';
import { scenarios } from '../tests/upgrade/scenarios.ts';

const { values } = parseArgs({
  options: { from: { type: 'string', multiple: true }, to: { type: 'string', multiple: true }, jobs: { type: 'string', default: '2' } },
});
const asked = (names: readonly string[] | undefined) =>
  names?.map((name) => findTargetRevision(name)?.revision.revision ?? revisions()[Number(name) - 1]?.revision);
const [from, to] = [asked(values.from), asked(values.to)];
const whole = from === undefined && to === undefined;

if (whole) {
  const env = { ...process.env, LIFEBOAT_UPGRADE_MATRIX: '1' };
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=dot', 'tests/upgrade/populate.test.ts'], {
    env,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the populated databases are not what they must be: node --test tests/upgrade/populate.test.ts');
}

const server = await testServer();
await using vault = await TestVault.create();
const results: PairResult[] = [];
const begun = performance.now();

for (const [revision, pairs] of supportedPairs()) {
  if (from !== undefined && !from.includes(revision)) continue;
  await tryAll(
    revision,
    {},
    pairs.filter((pair) => to === undefined || to.includes(pair.to.revision)),
  );
}
for (const { name, revision, options, to: position } of whole ? variations : []) {
  const place = revisions()[position - 1];
  const origin = revisions().find((each) => each.revision === revision);
  if (place && origin) await tryAll(revision, options, [{ from: origin, to: place }], name);
}

console.log(`\n${grid(results.filter(({ from: source }) => supportedPairs().has(source.revision))).join('\n')}`);
console.log('\n. right   o right, with losses that are reported   X wrong');
const wrong = results.filter(({ problems }) => problems.length > 0);
if (wrong.length > 0) console.log(`\nwrong:\n${problemKinds(results).join('\n')}`);
const left = whole ? untried(results, revisionSteps, scenarios) : [];
if (left.length > 0) console.log(`\nnot tried by any case:\n${left.join('\n')}`);
const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
console.log(`\n${results.length} pairs, ${wrong.length} wrong, ${left.length} branches not tried, ${minutes} minutes`);
process.exitCode = wrong.length > 0 || left.length > 0 ? 1 : 0;

/** One snapshot, restored to many releases, several at a time. */
async function tryAll(revision: string, options: PopulateOptions, pairs: readonly Pair[], name?: string): Promise<void> {
  if (pairs.length === 0) return;
  const source = await prepareSource(server, vault.vault, revision, options);
  const queue = [...pairs];
  const done: PairResult[] = [];
  const work = async () => {
    for (let pair = queue.shift(); pair !== undefined; pair = queue.shift()) done.push(await tryPair(server, vault.vault, source, pair.to));
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  results.push(...done);
  const bad = done.filter(({ problems }) => problems.length > 0).length;
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${seconds.toFixed(0).padStart(5)} s  ${name ?? `${revision} (${source.revision.position})`}: ${done.length - bad} of ${done.length} right`,
  );
}
