import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess, type StatusFacts } from '../../src/cli/assess.ts';
import { metricsText } from '../../src/cli/views/status-metrics.ts';
import type { Proof } from '../../src/drill/proof.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { failedOf, fakeNow, fakeProven, provenOf } from './fake-proven.ts';
import { type FakeSnapshot, fakeVault, manifestOf, refOf } from './fake-vault.ts';
import { readPrometheus } from './read-prometheus.ts';

const listed = (snapshot: FakeSnapshot, index = 0) => ({ ref: refOf(snapshot, index), manifest: manifestOf(snapshot) });
const metrics = async (snapshots: StatusFacts['snapshots'], proofs: Proof[], database: StatusFacts['database'] = null) => {
  const facts: StatusFacts = {
    vault: fakeVault([]),
    snapshots,
    proven: fakeProven(snapshots, proofs),
    maxAge: { proof: 864e5, backup: 864e5 },
    keys: [],
    locks: 0,
    database,
    now: fakeNow,
  };
  return await metricsText(facts, assess(facts));
};

test('one sample per source; what is not known is left out, not zero', async () => {
  const snapshots = [listed({ id: 'a' }), listed({ id: 'b', database: 'never' }, 1), listed({ id: 'c', database: 'failed' }, 2)];
  const proofs = [provenOf({ id: 'a' }), failedOf({ id: 'c', index: 2, database: 'failed' })];
  const read = readPrometheus(await metrics(snapshots, proofs));
  const of = (name: string) =>
    Object.fromEntries(read.filter((each) => each.name === name).map(({ labels, value }) => [labels.database, value]));
  assert.deepEqual(of('lifeboat_last_drill_success'), { letta: 1, failed: 0 });
  assert.deepEqual(of('lifeboat_last_proven_restore_timestamp_seconds'), { letta: Date.parse('2026-01-17T12:10:00Z') / 1000 });
  assert.deepEqual(of('lifeboat_backups_since_proof'), { letta: 0 });
  assert.deepEqual(
    read.filter(({ name, value }) => name === 'lifeboat_proof_state' && value === 1).map(({ labels }) => [labels.database, labels.state]),
    [
      ['failed', 'failed'],
      ['never', 'never'],
      ['letta', 'proven'],
    ],
  );
  assert.deepEqual(of('lifeboat_status_exit_code'), { undefined: 4 });
});

test('a database that is named stands alone', async () => {
  const snapshots = [listed({ id: 'a' }), listed({ id: 'b', database: 'other' }, 1)];
  const source = { systemIdentifier: '7', database: 'letta' };
  const glance = { source, postgres: '16', home: 'public', revisions: ['5fb8bba2c373'] };
  const read = readPrometheus(await metrics(snapshots, [provenOf({ id: 'a' })], { label: 'db', glance }));
  assert.deepEqual([...new Set(read.flatMap(({ labels }) => labels.database ?? []))], ['letta']);
  assert.equal(read.find(({ name }) => name === 'lifeboat_status_exit_code')?.value, 0);
});

test('any name of a database is a label that a parser reads back', async () => {
  const database = 'a "quoted"\\ name\nof {two} lines, größer';
  const read = readPrometheus(await metrics([listed({ id: 'a', database })], [provenOf({ id: 'a', database })]));
  assert.equal(read.find(({ name }) => name === 'lifeboat_snapshots')?.labels.database, database);
});

test('an empty vault, and snapshots that cannot be read', async () => {
  const read = readPrometheus(await metrics([], []));
  assert.deepEqual(
    read.map(({ name, value }) => [name, value]).filter(([name]) => name !== 'lifeboat_status_timestamp_seconds'),
    [
      ['lifeboat_snapshots_unreadable', 0],
      ['lifeboat_status_exit_code', 3],
    ],
  );
  const error = new LifeboatError('manifest-damaged', { snapshot: 'a', reason: 'r' });
  const damaged = readPrometheus(await metrics([{ ref: refOf({ id: 'a' }), error }], []));
  assert.equal(damaged.find(({ name }) => name === 'lifeboat_snapshots_unreadable')?.value, 1);
});

test('the reader that these tests rely on is strict', () => {
  const head = '# HELP a b\n# TYPE a gauge\n';
  assert.deepEqual(readPrometheus(`${head}a{l="x"} 1\n`), [{ name: 'a', labels: { l: 'x' }, value: 1 }]);
  for (const wrong of [
    `${head}a 1`,
    'a 1\n',
    `${head}a 1 1700000000\n`,
    `${head}a 1\na 1\n`,
    `${head}a{l="x"y"} 1\n`,
    `${head}a one\n`,
    `# a remark\n`,
  ])
    assert.throws(() => readPrometheus(wrong), wrong);
});
