/**
 * `npm run test:drills [-- WORD…]`: a drill of every fixture on PGlite and on each PostgreSQL at hand, at its own release and
 * to 0.16.8. Prints a table with times; words pick rows by fixture, place or release. Exit code 1 when one is not proven.
 */
import Table from 'cli-table3';
import { drill } from '../../src/drill/drill.ts';
import { embeddedPlan } from '../../src/drill/embedded-throwaway.ts';
import { localPlan } from '../../src/drill/local-throwaway.ts';
import type { Proof } from '../../src/drill/proof.ts';
import type { ThrowawayPlan } from '../../src/drill/throwaway.ts';
import { findTargetRevision } from '../../src/letta/find-revision.ts';
import { fixtureNames } from '../support/fixtures.ts';
import { setUpInstallations } from '../support/postgres-installations.ts';
import { DrillStage } from './stage.ts';

const words = process.argv.slice(2);
const upgrade = '0.16.8';

async function places(): Promise<{ name: string; plan: ThrowawayPlan }[]> {
  const { installations, missing } = await setUpInstallations((line) => console.log(line));
  for (const { label, reason } of missing) console.log(`PostgreSQL ${label}: not run (${reason})`);
  const found = [{ name: 'PGlite', plan: embeddedPlan() }];
  for (const { version, binDir } of installations) {
    const search = await localPlan({ directory: binDir, environment: process.env });
    if (search.plan) found.push({ name: `PostgreSQL ${version}`, plan: search.plan });
    else console.log(`PostgreSQL ${version}: not run (${search.why})`);
  }
  return found;
}

const seconds = (proof: Proof, ...names: string[]) =>
  proof.phases.reduce((sum, phase) => sum + (names.length === 0 || names.includes(phase.name) ? phase.seconds : 0), 0).toFixed(1);

const table = new Table({
  head: ['fixture', 'on', 'release', 'result', 'rows', 'agents', 'recovery', 'self-test', 'checks', 'whole', 'values changed on purpose'],
  style: { head: [], border: [] },
});
let failed = 0;
const all = await places();
for (const fixture of fixtureNames) {
  await using stage = await DrillStage.set(fixture);
  for (const { name, plan } of all)
    for (const release of [null, upgrade]) {
      const row = [fixture, name, release ?? 'its own'];
      if (!words.every((word) => row.some((cell) => cell.includes(word)))) continue;
      const proof = await drill(stage.options(plan, { release: release === null ? null : findTargetRevision(release) }));
      if (proof.outcome === 'failed') failed++;
      const planted = proof.selfTest?.planted.map(({ table, column }) => `${table}.${column}`).join('\n') ?? '';
      const agents = `${proof.agents.filter(({ equal }) => equal).length} of ${proof.agents.length}`;
      const times = [
        proof.recoveryTime === null ? '–' : `${proof.recoveryTime.toFixed(1)} s`,
        ...['self-test', 'checks'].map((phase) => `${seconds(proof, phase)} s`),
        `${seconds(proof)} s`,
      ];
      table.push([...row, proof.failure?.message ?? 'proven', proof.rows, agents, ...times, planted]);
      console.log(`${row.join(' · ')}: ${proof.failure?.message ?? 'proven'} (seed ${proof.selfTest?.seed ?? 'none'})`);
    }
}
console.log(table.toString());
console.log(`${table.length} drills, ${failed} not proven`);
process.exitCode = failed === 0 && table.length > 0 ? 0 : 1;
