import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drillOutcome } from '../../src/cli/drill-outcome.ts';
import { drillSummary } from '../../src/cli/views/drill-summary.ts';
import { drillsSummary } from '../../src/cli/views/drills-summary.ts';
import { proofAgentTable } from '../../src/cli/views/proof-tables.ts';
import { provenText } from '../../src/cli/views/snapshot-facts.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { failedProof, sampleProof } from '../drill/proofs.ts';
import { refOf } from './fake-vault.ts';

const up = sampleProof();
const same = sampleProof({ target: { ...up.target, release: up.source.release, revision: up.source.revision }, losses: [] });
const lossy = sampleProof({ losses: [...up.losses, { class: 'dropped', table: 'runs', column: null, rows: 3, reason: 'r' }] });

test('a drill says that all is as in the snapshot only at its own release, and names losses where it gives its verdict', () => {
  const told = (proof: typeof up) => {
    const { title, facts } = drillSummary(proof, '', 'good');
    return [title, facts.find(([label]) => label === 'agents')?.[1], proofAgentTable(proof).rows[0]?.cells.at(-1)];
  };
  assert.deepEqual(told(same), [
    'Snapshot bc96fc731c3595de is proven: restored on PostgreSQL 17.5 and equal, row for row.',
    '18 of 18 are as in the snapshot',
    'as in the snapshot',
  ]);
  assert.deepEqual(told(lossy), [
    'Snapshot bc96fc731c3595de is proven: restored to Letta 0.16.8 on PostgreSQL 17.5; what this release carries is right, value by value. What it does not: 3 dropped, 2 set aside.',
    '18 of 18 are there, with id, name and all messages; see losses',
    'there',
  ]);
  assert.ok(!told({ ...up, losses: [] }).some((text) => text?.includes('losses') || text?.includes('does not')));
});

test('what follows a drill that could not be finished is the same drill again, at the same release', () => {
  const failure = { code: 'drill-control', message: 'It was not caught.' };
  const unfinished = (proof: typeof up): typeof up => ({ ...proof, outcome: 'failed', failure });
  const next = (proof: typeof up) => drillSummary(unfinished(proof), '--vault V', 'bad').next;
  assert.deepEqual(next(up), ['lifeboat drill bc96fc731c3595de --release 0.16.8 --vault V   # again, when that is mended']);
  assert.deepEqual(next(same), ['lifeboat drill bc96fc731c3595de --vault V   # again, when that is mended']);
  const drilled = [up, unfinished(up), failedProof()].map((proof, index) => ({ ref: refOf({ id: 'abc'[index] ?? '' }, index), proof }));
  assert.deepEqual(drillsSummary(drilled, '--vault V', 'bad').next, [
    'lifeboat drill b --release 0.16.8 --vault V   # again, when that is mended',
    'lifeboat verify c --vault V',
  ]);
  const undrilled = (['snapshot-damaged', 'release-way-unsupported'] as const).map((code, index) => ({
    ref: refOf({ id: 'de'[index] ?? '' }, index),
    error: new LifeboatError(code),
  }));
  assert.deepEqual(drillsSummary(undrilled, '--vault V', 'bad').next, [
    'lifeboat verify d --vault V',
    'lifeboat drill e --vault V   # alone, without --release, when that is mended',
  ]);
});

test('the recovery time says what it spans', () => {
  assert.deepEqual(
    drillSummary(up, '', 'good').facts.find(([label]) => label === 'recovery time'),
    ['recovery time', '8.8 s, from the snapshot to a database that was read back; starting PostgreSQL not counted'],
  );
});

test('a drill accepts no losses: what a release drops is exit code 4, what it sets aside 3; list says so beside the proof', () => {
  const exit = (...proofs: (typeof up)[]) => drillOutcome(proofs.map((proof) => ({ ref: refOf({ id: 'a' }, 0), proof }))).exit;
  const clean = { ...same, findings: [] };
  assert.deepEqual([exit(clean), exit(up), exit(lossy), exit(failedProof()), exit(clean, up), exit(up, lossy)], [0, 3, 4, 4, 3, 4]);
  assert.equal(provenText(same), '2026-11-21 06:00:02 UTC');
  assert.equal(provenText(up), '2026-11-21 06:00:02 UTC, at 0.16.8 with 2 set aside');
  assert.equal(provenText(lossy), '2026-11-21 06:00:02 UTC, at 0.16.8 with losses: 3 dropped, 2 set aside');
});
