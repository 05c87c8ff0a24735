import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess, type StatusFacts } from '../../src/cli/assess.ts';
import { standingText } from '../../src/cli/views/standing-view.ts';
import type { Proof } from '../../src/drill/proof.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { failedOf, fakeNow, fakeProven, provenOf } from './fake-proven.ts';
import { type FakeSnapshot, fakeVault, manifestOf, refOf } from './fake-vault.ts';

const listed = (snapshot: FakeSnapshot, index = 0) => ({ ref: refOf(snapshot, index), manifest: manifestOf(snapshot) });
const hour = 3600_000;
const facts = ({ proofs = [provenOf({ id: 'a' })], ...changes }: Partial<StatusFacts> & { proofs?: Proof[] } = {}): StatusFacts => ({
  vault: fakeVault([]),
  snapshots: [listed({ id: 'a' })],
  proven: fakeProven(changes.snapshots ?? [listed({ id: 'a' })], proofs, changes.now),
  maxAge: { proof: 35 * 24 * hour, backup: 26 * hour },
  keys: [{ id: 'k', kind: 'passphrase', modified: new Date(0) }],
  locks: 0,
  database: null,
  now: fakeNow,
  ...changes,
});
const at = (revision: string, database = 'letta') => ({
  label: 'db',
  glance: { source: { systemIdentifier: '7', database }, postgres: '16', home: 'public', revisions: [revision] },
});
const recordRef = { kind: 'proof' as const, file: '20260117T120000Z-00', time: new Date(0), id: '00' };
const verdict = (changes: Parameters<typeof facts>[0] = {}) => {
  const { exit, warnings } = assess(facts(changes));
  return [exit, warnings.map(({ code }) => code)];
};

test('a vault whose newest snapshot is proven is well', () => assert.deepEqual(verdict(), [0, []]));
test('no snapshot at all, or none of this database', () => {
  assert.deepEqual(verdict({ snapshots: [], proofs: [] }), [3, ['no-snapshots']]);
  assert.deepEqual(verdict({ database: at('5fb8bba2c373', 'other') }), [3, ['no-snapshots']]);
});
test('an open vault and a damaged key file are said', () => {
  const open = { ...fakeVault([]), sealed: false };
  assert.deepEqual(verdict({ vault: open, keys: [{ id: 'k', kind: null, modified: new Date(0) }] }), [
    3,
    ['vault-not-sealed', 'key-file-damaged'],
  ]);
});
test('fault 7: a snapshot from the future is said; a few minutes are not', () => {
  assert.deepEqual(verdict({ snapshots: [listed({ id: 'a', time: '2026-01-18T12:00:00.000Z' })] }), [3, ['snapshot-in-future']]);
  assert.deepEqual(verdict({ snapshots: [listed({ id: 'a', time: '2026-01-17T13:04:00.000Z' })] }), [0, []]);
});
test('fault 45: a server that upgraded itself since the last backup is found out', () => {
  assert.deepEqual(verdict({ database: at('5fb8bba2c373') }), [0, []]);
  const [exit, codes] = verdict({ database: at('1c28e167b74f') });
  assert.deepEqual([exit, codes], [3, ['revision-changed']]);
  assert.match(
    assess(facts({ database: at('1c28e167b74f') })).warnings[0]?.message ?? '',
    /upgraded since.*1c28e167b74f now, 5fb8bba2c373 then/,
  );
  assert.match(
    assess(facts({ database: at('5fb8bba2c373'), snapshots: [listed({ id: 'a', revision: '1c28e167b74f' })] })).warnings[0]?.message ?? '',
    /set back/,
  );
  assert.match(assess(facts({ database: at('ffffffffffff') })).warnings[0]?.message ?? '', /changed/);
});
test('damage is 13, an unreachable database 20', () => {
  const error = new LifeboatError('manifest-damaged', { snapshot: 'b', reason: 'r' });
  assert.deepEqual(verdict({ snapshots: [listed({ id: 'a' }), { ref: refOf({ id: 'b' }, 1), error }] }), [13, ['manifest-damaged']]);
  const unreachable = new LifeboatError('database-unreachable', { database: 'd', reason: 'r' });
  assert.deepEqual(verdict({ database: { label: 'd', name: 'letta', error: unreachable } }), [20, ['database-unreachable']]);
});

test('never proven, stale, an old backup: 3; a failed drill: 4, whatever was backed up since', () => {
  assert.deepEqual(verdict({ proofs: [] }), [3, ['never-proven']]);
  const old = [provenOf({ id: 'a' }, '2026-01-01T00:00:00Z')];
  assert.deepEqual(verdict({ proofs: old }), [0, []]);
  assert.deepEqual(verdict({ proofs: old, maxAge: { proof: 24 * hour, backup: 26 * hour } }), [3, ['proof-stale']]);
  assert.deepEqual(verdict({ maxAge: { proof: 24 * hour, backup: hour / 2 } }), [3, ['backup-old']]);

  const snapshots = [listed({ id: 'a' }), listed({ id: 'b' }, 1)];
  const failed = failedOf({ id: 'a' }, '2026-01-17T12:30:00Z');
  assert.deepEqual(verdict({ snapshots, proofs: [provenOf({ id: 'a' }), failed] }), [4, ['drill-failed']]);
  const again = provenOf({ id: 'b', index: 1 }, '2026-01-17T12:40:00Z');
  assert.deepEqual(verdict({ snapshots, proofs: [provenOf({ id: 'a' }), failed, again] }), [3, ['snapshot-drill-failed']]);
  const both = [failed, again, provenOf({ id: 'a' }, '2026-01-17T12:50:00Z')];
  assert.deepEqual(verdict({ snapshots, proofs: both }), [0, []]);
  const older = [failedOf({ id: 'b', index: 1 }, '2026-01-17T12:30:00Z'), provenOf({ id: 'a' }, '2026-01-17T12:40:00Z')];
  assert.deepEqual(verdict({ snapshots, proofs: older }), [4, ['drill-failed']]);
});
test('several databases: the worst leads, unless one is named', () => {
  const snapshots = [listed({ id: 'a' }), listed({ id: 'b', database: 'other' }, 1)];
  const proofs = [provenOf({ id: 'a' }), failedOf({ id: 'b', index: 1, database: 'other' }, '2026-01-17T12:30:00Z')];
  const all = assess(facts({ snapshots, proofs }));
  assert.deepEqual([all.exit, all.leading?.source.database, all.leading?.state], [4, 'other', 'failed']);
  const named = assess(facts({ snapshots, proofs, database: at('5fb8bba2c373') }));
  assert.deepEqual([named.exit, named.leading?.state, named.warnings, named.sources.length], [0, 'proven', [], 2]);
});
test('a damaged or forged proof is corruption, a newer one a warning; neither counts', () => {
  for (const [code, exit] of [
    ['record-damaged', 13],
    ['record-forged', 13],
    ['format-newer', 3],
  ] as const) {
    const unreadable = { ref: recordRef, error: new LifeboatError(code, { record: 'proofs/x', reason: 'r', what: 'proof x' }) };
    const proven = fakeProven([listed({ id: 'a' })], [provenOf({ id: 'a' })]);
    const { exit: found, warnings } = assess(facts({ proven: { ...proven, listed: [...proven.listed, unreadable] } }));
    assert.deepEqual([found, warnings.map((warning) => warning.code)], [exit, [code]]);
  }
});
test('a proof of another manifest, or of tomorrow, does not count and is said; one of a snapshot that is gone does not count', () => {
  const other = provenOf({ id: 'a' });
  assert.deepEqual(verdict({ proofs: [{ ...other, snapshot: { ...other.snapshot, manifestHash: 'f'.repeat(64) } }] }), [
    3,
    ['never-proven', 'proof-snapshot-differs'],
  ]);
  assert.deepEqual(verdict({ proofs: [provenOf({ id: 'a' }, '2026-01-18T12:00:00Z')] }), [3, ['never-proven', 'proof-in-future']]);
  assert.deepEqual(verdict({ proofs: [provenOf({ id: 'a' }), provenOf({ id: 'z', index: 5 })] }), [0, ['proof-snapshot-gone']]);
});
test('many snapshots whose drills failed are told in few lines', () => {
  const many = Array.from({ length: 9 }, (_, index) => ({ id: 'abcdef012'[index] ?? '', index }));
  const snapshots = many.map(({ id, index }) => listed({ id }, index));
  const proofs = many.map((each, index) => (index === 8 ? provenOf : failedOf)(each, `2026-01-17T12:0${index}:00Z`));
  const { exit, warnings } = assess(facts({ snapshots, proofs }));
  assert.deepEqual([exit, warnings.map(({ code }) => code)], [3, Array(6).fill('snapshot-drill-failed')]);
  assert.match(warnings.at(-1)?.message ?? '', /^Not proven by the newest drill: 3 more snapshots of letta\.$/);
});
test('a drill that the machine ended is no proof, and nothing against the snapshot: still failed, in other words', () => {
  const ended = (code: string) => ({ ...failedOf({ id: 'a' }), failure: { code, message: 'So it is.' } });
  const said = (code: string) => {
    const { exit, warnings, leading } = assess(facts({ proofs: [ended(code)] }));
    const words = [warnings[0]?.message ?? '', leading ? standingText(leading, fakeNow) : ''];
    return [exit, warnings[0]?.code, ...words.map((text) => /could not be finished|failed/.exec(text)?.[0])];
  };
  for (const code of ['database-disk-full', 'connection-lost', 'drill-control', 'drill-confinement'])
    assert.deepEqual(said(code), [4, 'drill-failed', 'could not be finished', 'could not be finished'], code);
  for (const code of ['object-damaged', 'object-missing', 'store-read-failed', 'not-equal', 'self-test', 'server-answers', 'internal'])
    assert.deepEqual(said(code), [4, 'drill-failed', 'failed', 'failed'], code);
});
