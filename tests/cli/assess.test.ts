import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess, type StatusFacts } from '../../src/cli/assess.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { type FakeSnapshot, fakeVault, manifestOf, refOf } from './fake-vault.ts';

const listed = (snapshot: FakeSnapshot, index = 0) => ({ ref: refOf(snapshot, index), manifest: manifestOf(snapshot) });
const facts = (changes: Partial<StatusFacts> = {}): StatusFacts => ({
  vault: fakeVault([]),
  snapshots: [listed({ id: 'a' })],
  keys: [{ id: 'k', kind: 'passphrase', modified: new Date(0) }],
  locks: 0,
  database: null,
  now: new Date('2026-01-17T13:00:00Z'),
  ...changes,
});
const at = (revision: string, database = 'letta') => ({
  label: 'db',
  glance: { source: { systemIdentifier: '7', database }, postgres: '16', home: 'public', revisions: [revision] },
});
const verdict = (changes: Partial<StatusFacts> = {}) => {
  const { exit, warnings } = assess(facts(changes));
  return [exit, warnings.map(({ code }) => code)];
};

test('a vault with a sound snapshot is well', () => assert.deepEqual(verdict(), [0, []]));
test('no snapshot at all, or none of this database', () => {
  assert.deepEqual(verdict({ snapshots: [] }), [3, ['no-snapshots']]);
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
  assert.deepEqual(verdict({ database: { label: 'd', error: unreachable } }), [20, ['database-unreachable']]);
});
