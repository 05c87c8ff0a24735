import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusFacts } from '../../src/cli/assess.ts';
import { assess } from '../../src/cli/assess.ts';
import { restoreDryRun } from '../../src/cli/views/restore-views.ts';
import { statusSummary } from '../../src/cli/views/status-view.ts';
import { switchSummary } from '../../src/cli/views/switch-views.ts';
import type { Proof } from '../../src/drill/proof.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import type { RestoreResult } from '../../src/restore/restore.ts';
import { failedOf, fakeProven, provenOf } from './fake-proven.ts';
import { fakeVault, manifestOf, refOf } from './fake-vault.ts';

const told = (database: StatusFacts['database'], proofs: Proof[] = [provenOf({ id: 'a' })]) => {
  const snapshots = [{ ref: refOf({ id: 'a' }, 0), manifest: manifestOf({ id: 'a' }) }];
  const facts: StatusFacts = {
    vault: fakeVault([]),
    snapshots,
    proven: fakeProven(snapshots, proofs),
    maxAge: { proof: 864e5, backup: 864e5 },
    keys: [],
    locks: 0,
    database,
    now: new Date('2026-01-17T13:00:00Z'),
  };
  return statusSummary(facts, assess(facts), '--vault V');
};
const next = (...of: Parameters<typeof told>) => told(...of).next;
const at = (revision: string) => ({
  label: 'db',
  glance: { source: { systemIdentifier: '7', database: 'letta' }, postgres: '16', home: 'public', revisions: [revision] },
});

test('status goes on with what is wrong: a switch that was cut off, a backup of another revision', () => {
  assert.deepEqual(next(at('5fb8bba2c373')), ['lifeboat verify a --vault V']);
  assert.deepEqual(next(at('5fb8bba2c373'), []), ['lifeboat drill a --vault V']);
  assert.deepEqual(next(at('1c28e167b74f')), ['lifeboat backup db --vault V']);
  assert.deepEqual(next(at('1c28e167b74f'), []), ['lifeboat backup db --vault V', 'lifeboat drill latest --vault V']);
  const error = new LifeboatError('switch-half-done', { database: 'letta' });
  assert.deepEqual(next({ label: 'db', name: 'letta', error }), ['lifeboat rollback db']);
});

test('status of a database that is gone goes on with its restore; of one that the vault does not know, with nothing', () => {
  const error = new LifeboatError('no-such-database', { database: 'db', reason: '' });
  assert.deepEqual(next({ label: 'db', name: 'letta', error }), [
    'lifeboat restore a --to db --vault V   # brings back what it was 1 h 00 min ago',
  ]);
  assert.deepEqual(next({ label: 'db', name: 'other', error }), []);
});

test('status of a database that cannot be looked at leads with that, and goes on with no other one', () => {
  const error = new LifeboatError('no-letta', { database: 'db' });
  const { title, next: commands = [], facts, warnings } = told({ label: 'db', name: 'letta', error });
  assert.equal(title, error.message);
  assert.deepEqual(commands, []);
  assert.deepEqual(facts[0], ['now', error.next]);
  assert.ok(facts.some(([label, text]) => label === 'letta' && text.startsWith('proven: ')));
  assert.ok(![...facts.map(([, text]) => text), ...(warnings ?? []).map(({ message }) => message)].includes(error.message));
});

test('status after a failed drill: that drill, the last proven one as its own fact, the reason once, and no drill of what is damaged', () => {
  const failed = failedOf({ id: 'a' }, '2026-01-17T12:59:00Z');
  const damaged = { ...failed, failure: { code: 'object-damaged', message: 'Object ab12 is damaged.' } };
  const summary = told(null, [provenOf({ id: 'a' }), damaged]);
  assert.equal(summary.title, `the newest drill failed 1 min 0 s ago (snapshot ${damaged.snapshot.id})`);
  assert.match(summary.facts.find(([label]) => label === 'last proven')?.[1] ?? '', /^50 min 0 s ago, on PostgreSQL/);
  const said = [summary.title, ...summary.facts.map(([, text]) => text), ...(summary.warnings ?? []).map(({ message }) => message)];
  assert.equal(said.filter((text) => String(text).includes('Object ab12')).length, 1);
  assert.deepEqual(summary.next, ['lifeboat verify a --vault V']);
  assert.deepEqual(told(null, [failed]).next, ['lifeboat drill a --vault V']);
  const moved = (proof: Proof) => ({ ...proof, target: { ...proof.target, release: '0.16.8', revision: '1c28e167b74f' } });
  assert.deepEqual(told(null, [moved(failed)]).next, ['lifeboat drill a --release 0.16.8 --vault V']);
  assert.deepEqual(told(null, [moved(failedOf({ id: 'gone' }, '2026-01-17T12:59:00Z'))]).next, ['lifeboat drill a --vault V']);
});

test('a switch goes on with the server of the release that was built, and with a backup; the way back comes after both', () => {
  const plan = { id: 'p', name: 'letta', built: 'b', snapshot: 's', snapshotTime: null, compares: false, steps: [], notes: [] };
  const said = (after: string[], former: string | null = null) =>
    switchSummary(
      {
        plan: { ...plan, former, releases: { before: [], after } },
        done: true,
        comparison: null,
        warnings: [],
        timings: {},
        times: { connectionsOff: 0, renaming: 0 },
      },
      { database: openDatabase('postgresql://me@here/letta'), tone: 'good', opening: '--vault /srv/v --identity key.txt' },
    ).next ?? [];
  assert.equal(said(['0.16.7', '0.16.8'])[0], 'start the Letta server 0.16.7 or 0.16.8');
  assert.match(said([])[1] ?? '', /^lifeboat backup postgresql:.* --vault \/srv\/v --identity key\.txt /);
  const withOld = said(['0.16.8'], 'letta_before');
  assert.deepEqual(
    withOld.map((command) => /^start|lifeboat \w+/.exec(command)?.[0]),
    ['start', 'lifeboat backup', 'lifeboat rollback', 'lifeboat former'],
  );
  assert.match(withOld[3] ?? '', /--drop letta_before {3}# when the old one is not needed/);
});

test('a dry run goes on with the build that counts every loss, and with what accepts those that are known', () => {
  const told = (revisions: number, dropped: boolean, refused = false) => {
    const losses = dropped ? [{ class: 'dropped', table: 'runs', column: null, rows: 1, reason: 'r', agents: [], examples: [] }] : [];
    const way = { to: { release: '0.16.8', revision: '1c28e167b74f' }, revisions, possible: [], losses };
    const refusals = refused ? [{ code: 'target-not-empty', facts: {} }] : [];
    const plan = { id: 'p', snapshot: { id: 'a' }, way, notes: [], refusals };
    return restoreDryRun({ plan, losses, accepted: false } as unknown as RestoreResult, 'db', '--vault V').next;
  };
  const build = 'lifeboat drill a --release 0.16.8 --vault V   # builds it on a throwaway server: every loss counted';
  assert.deepEqual(told(58, false), [build]);
  assert.deepEqual(told(58, true)?.[0], build);
  assert.match(told(58, true)?.[1] ?? '', /--accept-losses p instead of --dry-run/);
  assert.deepEqual([told(0, false), told(58, true, true)], [[], []]);
});
