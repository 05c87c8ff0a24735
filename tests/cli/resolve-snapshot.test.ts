import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSnapshots } from '../../src/cli/read-snapshots.ts';
import { resolveSnapshot } from '../../src/cli/resolve-snapshot.ts';
import { snapshotTable } from '../../src/cli/views/snapshot-facts.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { silentReporter, type Warning } from '../../src/report/progress.ts';
import { type FakeSnapshot, fakeVault } from './fake-vault.ts';

const [a, b, c] = ['aa11223344556677', 'aa99887766554433', 'bb00112233445566'];
const three: FakeSnapshot[] = [{ id: a }, { id: b, database: 'other' }, { id: c }];
const resolve = async (snapshots: FakeSnapshot[], text: string, database?: string) =>
  (
    await resolveSnapshot(fakeVault(snapshots), text, {
      reporter: silentReporter,
      ...(database && { source: { systemIdentifier: '7', database } }),
    })
  ).id;
const refusal = (code: string, said?: RegExp) => (error: unknown) =>
  error instanceof LifeboatError && error.code === code && (!said || said.test(`${error.message} ${error.why}`));

test('latest is the newest', async () => assert.equal(await resolve(three, 'latest'), c));
test('latest of a database is the newest of that one', async () => assert.equal(await resolve(three, 'latest', 'other'), b));
test('latest of a database without snapshots is the newest', async () => assert.equal(await resolve(three, 'latest', 'restored'), c));
test('latest for a target that bears the name of a database is that one’s; for another name it is said that there were several', async () => {
  const named = async (name: string, snapshots = three) => {
    const told: string[][] = [];
    const several = (chosen: string, databases: string[]) => told.push([chosen, ...databases]);
    return [(await resolveSnapshot(fakeVault(snapshots), 'latest', { reporter: silentReporter, named: name, several })).id, told];
  };
  assert.deepEqual(await named('other'), [b, []]);
  assert.deepEqual(await named('restored'), [c, [['letta', 'letta', 'other']]]);
  assert.deepEqual(await named('restored', [{ id: a }, { id: c }]), [c, []]);
});
test('what cannot be read behind the newest is passed over, and told only where an older one bears the name', async () => {
  const newer = new LifeboatError('format-newer', { what: b, reason: 'format 2' });
  const named = async (name: string) => {
    const told: string[] = [];
    const reporter = { ...silentReporter, warning: ({ code }: Warning) => void told.push(code) };
    const snapshots = [{ id: a, database: 'lost' }, { id: b, error: newer }, { id: c }];
    return [(await resolveSnapshot(fakeVault(snapshots), 'latest', { reporter, named: name })).id, told];
  };
  assert.deepEqual(await named('restored'), [c, []]);
  assert.deepEqual(await named('lost'), [a, ['snapshot-passed-over']]);
});
test('an id, a unique beginning of one in any case, or a file name', async () => {
  assert.equal(await resolve(three, b), b);
  assert.equal(await resolve(three, 'bb'), c);
  assert.equal(await resolve(three, 'AA1'), a);
  assert.equal(await resolve(three, `000001-20260117T120000Z-${a}`), a);
});
test('an ambiguous beginning lists the candidates', async () => {
  await assert.rejects(resolve(three, 'aa'), refusal('snapshot-ambiguous', new RegExp(`${a}.*${b}`)));
});
test('what is not there lists what is; an empty vault says so', async () => {
  await assert.rejects(resolve(three, 'ff'), refusal('no-such-snapshot', new RegExp(c)));
  await assert.rejects(resolve(three, ''), refusal('no-such-snapshot'));
  await assert.rejects(resolve([], 'latest'), refusal('no-such-snapshot', /no snapshot yet/));
  await assert.rejects(resolve([], 'latest'), (error: LifeboatError) => error.next.startsWith('lifeboat backup DB --vault '));
  await assert.rejects(resolve(three, 'ff'), (error: LifeboatError) => error.next.startsWith('lifeboat list --vault '));
});

const damaged = new LifeboatError('manifest-damaged', { snapshot: c, reason: 'r' });
const newer = new LifeboatError('format-newer', { what: c, reason: 'format 2' });

test('a damaged or forged manifest is never the latest, and that is said', async () => {
  const warnings: Warning[] = [];
  const reporter = { ...silentReporter, warning: (warning: Warning) => warnings.push(warning) };
  const found = await resolveSnapshot(fakeVault([{ id: a }, { id: b }, { id: c, error: damaged }]), 'latest', { reporter });
  assert.equal(found.id, b);
  assert.deepEqual(
    warnings.map(({ code, partial }) => [code, partial]),
    [['snapshot-passed-over', true]],
  );
});

test('fault 46: a snapshot of a newer Lifeboat is refused as the latest, but listed', async () => {
  const snapshots = [{ id: a }, { id: c, error: newer }];
  await assert.rejects(resolve(snapshots, 'latest'), refusal('format-newer'));
  const read = await readSnapshots(fakeVault(snapshots));
  assert.deepEqual([read.snapshots.length, read.damaged.length, read.newer.length], [2, 0, 1]);
});

test('one damaged manifest does not hide the others', async () => {
  const read = await readSnapshots(
    fakeVault([
      { id: a, error: damaged },
      { id: c, error: newer },
    ]),
  );
  assert.deepEqual([read.damaged[0]?.ref.id, read.newer[0]?.ref.id], [a, c]);
  const { rows } = snapshotTable(read.snapshots, () => null);
  assert.deepEqual(
    rows.map(({ cells, tone }) => [cells[0], cells[2], tone]),
    [
      [a, 'DAMAGED', 'bad'],
      [c, 'of a newer Lifeboat', 'warning'],
    ],
  );
  assert.deepEqual(rows[0]?.fields.error, { code: 'manifest-damaged', message: damaged.message });
});

test('what makes all of them unreadable is no damage', async () => {
  await assert.rejects(
    readSnapshots(fakeVault([{ id: a, error: new LifeboatError('writer-only', { vault: 'v', what: 'read it' }) }])),
    refusal('writer-only'),
  );
});
