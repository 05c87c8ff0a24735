import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bindProofs, type ProvableSnapshot } from '../../src/drill/bind-proofs.ts';
import type { Proof } from '../../src/drill/proof.ts';
import { proofOf, standings } from '../../src/drill/proof-state.ts';
import { failedProof, sampleProof } from './proofs.ts';

const now = new Date('2026-02-01T00:00:00Z');
const maxAge = 35 * 24 * 3600_000;
const hour = (hours: number) => new Date(now.getTime() - hours * 3600_000).toISOString();
const snapshot = (index: number, database = 'letta'): ProvableSnapshot => ({
  id: `${index}`.padStart(16, '0'),
  file: `${`${index}`.padStart(6, '0')}-20260101T000000Z-${`${index}`.padStart(16, '0')}`,
  hash: `${index}`.padStart(64, 'a'),
  source: { systemIdentifier: '7', database },
});
const drilled = (of: ProvableSnapshot, outcome: 'proven' | 'failed', hours: number): Proof => {
  const proof = outcome === 'proven' ? sampleProof() : failedProof();
  return {
    ...proof,
    time: hour(hours),
    source: { ...proof.source, ...of.source },
    snapshot: { ...proof.snapshot, id: of.id, file: of.file, manifestHash: of.hash ?? '' },
  };
};
const stand = (snapshots: ProvableSnapshot[], proofs: Proof[]) => standings(snapshots, bindProofs(proofs, snapshots, now), { now, maxAge });
const state = (snapshots: ProvableSnapshot[], ...proofs: Proof[]) => stand(snapshots, proofs)[0]?.state;

const [a, b] = [snapshot(1), snapshot(2)];

test('never, proven, stale, failed', () => {
  assert.equal(state([a]), 'never');
  assert.equal(state([a], drilled(a, 'proven', 1)), 'proven');
  assert.equal(state([a], drilled(a, 'proven', 36 * 24)), 'stale');
  assert.equal(state([a], drilled(a, 'failed', 1)), 'failed');
  assert.deepEqual(stand([], []), []);
});

test('databases of one name are told apart by their servers, others go by their name alone', () => {
  const moved = { ...b, source: { systemIdentifier: '8', database: 'letta' } };
  const names = stand([a, moved, snapshot(3, 'other')], [drilled(a, 'proven', 1)]).map(({ name }) => name);
  assert.deepEqual(names, ['letta (server 8)', 'other', 'letta (server 7)']);
  const hidden = { ...b, source: { systemIdentifier: '', database: 'letta' } };
  assert.deepEqual(
    stand([a, hidden], [])
      .map(({ name }) => name)
      .sort(),
    ['letta (server 7)', 'letta (server unknown)'],
  );
});

test('a failure is hidden by nothing but a newer drill that went well', () => {
  assert.equal(state([a, b], drilled(a, 'proven', 5), drilled(a, 'failed', 3)), 'failed');
  assert.equal(state([b], drilled(a, 'failed', 3)), 'failed');
  assert.equal(state([a], drilled(a, 'failed', 3), drilled(a, 'proven', -10)), 'failed');
  // Nor by one of tomorrow whose snapshot is gone, or another one by now.
  assert.equal(state([a], drilled(a, 'failed', 3), drilled(b, 'proven', -10)), 'failed');
  assert.equal(state([a], drilled(a, 'failed', 3), drilled({ ...a, hash: 'f'.repeat(64) }, 'proven', -10)), 'failed');
  assert.equal(state([a, b], drilled(a, 'failed', 3), drilled(b, 'proven', 2)), 'proven');
});

test('a snapshot whose own newest drill failed stays named; the newest drilled one decides the state, too', () => {
  const named = (...proofs: Proof[]) => {
    const [standing] = stand([a, b, snapshot(3)], proofs);
    return [standing?.state, standing?.failed?.snapshot.id, standing?.failedSnapshots.map(({ snapshot: { id } }) => id)];
  };
  assert.deepEqual(named(drilled(a, 'failed', 3), drilled(b, 'proven', 2)), ['proven', undefined, [a.id]]);
  assert.deepEqual(named(drilled(b, 'failed', 3), drilled(a, 'proven', 2)), ['failed', b.id, [b.id]]);
  assert.deepEqual(named(drilled(b, 'failed', 3), drilled(b, 'proven', 2), drilled(a, 'failed', 1)), ['failed', a.id, [a.id]]);
  assert.deepEqual(named(drilled(a, 'failed', 3), drilled(a, 'proven', 2)), ['proven', undefined, []]);
  assert.deepEqual(named(drilled(b, 'failed', 3), drilled(a, 'proven', 2), drilled(snapshot(3), 'proven', 1)), [
    'proven',
    undefined,
    [b.id],
  ]);
  // Gone with its snapshot, for a newer drill went well.
  assert.equal(state([a], drilled(b, 'failed', 3), drilled(a, 'proven', 2)), 'proven');
});

test('a drill proves the snapshot whose very manifest it saw, and no other', () => {
  const proof = drilled(a, 'proven', 1);
  assert.equal(state([{ ...a, hash: 'f'.repeat(64) }], proof), 'never');
  assert.equal(state([b], proof), 'never');
  assert.equal(proofOf(a.file, bindProofs([proof], [a, b], now))?.id, proof.id);
  assert.equal(proofOf(b.file, bindProofs([proof], [a, b], now)), null);
  assert.equal(stand([a, b, snapshot(3)], [proof])[0]?.since, 2);
});

test('for any history: failed exactly when the newest drill failed, or that of the newest drilled snapshot; proven only by a snapshot that is there', () => {
  const history = fc.array(fc.record({ of: fc.nat(3), good: fc.boolean(), hours: fc.integer({ min: 0, max: 2000 }) }), { maxLength: 12 });
  fc.assert(
    fc.property(history, fc.nat(3), (drills, gone) => {
      const all = [0, 1, 2, 3].map((index) => snapshot(index));
      const left = all.filter((_, index) => index !== gone);
      const proofs = drills.map(({ of, good, hours }, index) => ({
        ...drilled(all[of] as ProvableSnapshot, good ? 'proven' : 'failed', hours),
        id: `${index}`.padStart(16, '0'),
      }));
      const [standing] = stand(left, proofs);
      const sorted = proofs.toSorted((x, y) => Date.parse(x.time) - Date.parse(y.time) || (x.id < y.id ? -1 : 1));
      const ofThere = left.map(({ file }) => sorted.findLast((proof) => proof.snapshot.file === file));
      const ofNewest = ofThere.findLast((proof) => proof !== undefined);
      assert.equal(standing?.state === 'failed', sorted.at(-1)?.outcome === 'failed' || ofNewest?.outcome === 'failed');
      assert.deepEqual(
        standing?.failedSnapshots,
        ofThere.filter((proof) => proof?.outcome === 'failed'),
      );
      if (standing?.proven) assert.ok(left.some(({ file }) => file === standing.proven?.snapshot.file));
      assert.equal(
        standing?.proven === null,
        !proofs.some((proof) => proof.outcome === 'proven' && left.some(({ file }) => file === proof.snapshot.file)),
      );
    }),
  );
});
