import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { LifeboatError } from '../../src/report/errors.ts';
import { bytesBody } from '../../src/vault/bytes-body.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { foreignLockAge, takeLock } from '../../src/vault/locks.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { canJudge, evidenceOfDeath, machineHash, type Processes, systemProcesses } from '../../src/vault/process-identity.ts';
import { failsWith, paths, readAll } from './store-conformance.ts';

function scene() {
  const clock = { now: new Date('2026-11-21T00:00:00Z') };
  const store = new MemoryStore({ location: '/vault', clock: () => clock.now });
  const details: string[] = [];
  const reporter = { phase() {}, progress() {}, warning() {}, detail: (text: string) => void details.push(text) };
  const take = (mode: 'shared' | 'exclusive', processes?: Processes) => takeLock(store, mode, `${mode} work`, reporter, processes);
  return { store, clock, details, take };
}

const as = (changes: Partial<ReturnType<Processes['self']>>): Processes => ({
  self: () => ({ ...systemProcesses.self(), ...changes }),
  startOf: systemProcesses.startOf,
});

test('fault 8: shared locks stand together, exclusive ones alone, and the message says who', async () => {
  const { store, take } = scene();
  const [a, b] = [await take('shared'), await take('shared')];
  const error = await failsWith(take('exclusive'), 'locked');
  assert.equal(error.exit, 11);
  assert.match(error.message, new RegExp(`shared work on .*process ${process.pid}.* since 2026-11-21`));
  assert.equal((await paths(store, 'locks/')).length, 2, 'the refused one leaves nothing');
  await a.release();
  await b.release();
  const alone = await take('exclusive');
  await failsWith(take('shared'), 'locked');
  await failsWith(take('exclusive'), 'locked');
  await alone.release();
  await alone.release();
  assert.deepEqual(await paths(store, 'locks/'), []);
});

test('fault 10: the lock of a dead process is removed with evidence', async () => {
  const { store, details, take } = scene();
  const child = spawn(process.execPath, ['-e', '']);
  const pid = child.pid ?? 0;
  await once(child, 'exit');
  await take('exclusive', as({ pid, start: '1' }));
  const lock = await take('exclusive');
  assert.match(details.join(), new RegExp(`process ${pid} on .* is gone`));
  await lock.release();
  await take('exclusive', as({ start: '1' }));
  await (await take('exclusive')).release();
  assert.match(details.join(), /is another one now/);
  // On a machine whose id is known: not every machine that runs the tests has one.
  await take('exclusive', as({ machine: 'known', boot: 'an earlier boot' }));
  await (await take('exclusive', as({ machine: 'known' }))).release();
  assert.match(details.join(), /was restarted since/);
  assert.deepEqual(await paths(store, 'locks/'), []);
});

test('a lock that cannot be judged from here holds for a week', async () => {
  for (const changes of [
    { host: 'elsewhere' },
    { machine: 'same name, other machine', boot: 'x' },
    { pidNamespace: 'pid:[1]', pid: 999_999_999 },
  ]) {
    const { clock, details, take } = scene();
    await take('exclusive', as(changes));
    clock.now = new Date(clock.now.getTime() + foreignLockAge - 1000);
    await failsWith(take('shared'), 'locked');
    clock.now = new Date(clock.now.getTime() + 2000);
    await take('shared');
    assert.equal(details.length, 1);
  }
});

test('without a machine id another boot may be another machine of the same name: no evidence', () => {
  assert.equal(machineHash(''), '');
  assert.match(machineHash('0123456789abcdef0123456789abcdef'), /^[0-9a-f]{16}$/);
  const [here, there] = [as({ machine: '' }), as({ machine: '', boot: 'another boot', pid: 2 ** 22 + 7, start: '1' })];
  assert.deepEqual([canJudge(there.self(), here), evidenceOfDeath(there.self(), here)], [false, null]);
  // The same boot is the same machine.
  const gone = { ...here.self(), pid: 2 ** 22 + 7, start: '1' };
  assert.match(evidenceOfDeath(gone, here) ?? '', /is gone/);
  const known = as({ machine: 'known' });
  assert.match(evidenceOfDeath({ ...known.self(), boot: 'another boot' }, known) ?? '', /was restarted since/);
});

test('a live process keeps its lock however old', async () => {
  const { clock, take } = scene();
  await take('exclusive');
  clock.now = new Date(clock.now.getTime() + 10 * foreignLockAge);
  await failsWith(take('shared'), 'locked');
});

test('an unreadable lock is respected at first and rubbish later', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('{'), Buffer.from('{"mode":"shared"}'), Buffer.alloc(100_000, '1')]) {
    const { store, clock, take } = scene();
    await store.put('locks/bad.json', bytesBody(bytes));
    await failsWith(take('shared'), 'locked');
    clock.now = new Date(clock.now.getTime() + 2 * 3600 * 1000);
    await take('shared');
  }
});

test('a vault on a read-only medium is read without a lock, never emptied', async () => {
  const store = new MemoryStore();
  const vault = await createVault(store, { sealed: false, pin: null });
  store.put = () => Promise.reject(new LifeboatError('vault-not-writable', { location: 'x', reason: 'EROFS' }));
  await (await vault.lock('shared', 'restore')).release();
  await failsWith(vault.lock('exclusive', 'prune'), 'vault-not-writable');
});

test('pending publishes what a backup relies on, and takes it back', async () => {
  const store = new MemoryStore();
  const vault = await createVault(store, { sealed: false, pin: null });
  const pending = await vault.pending('9f86d081884c7d65');
  const names = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)];
  await pending.rely(names.slice(0, 2));
  await pending.rely([]);
  await pending.rely(names.slice(2));
  const files = await paths(store, 'pending/');
  assert.equal(files.length, 2);
  assert.ok(files.every((file) => file.startsWith('pending/9f86d081884c7d65-')));
  const lines = (await Promise.all(files.map((file) => readAll(store, file)))).join('').trim().split('\n');
  assert.deepEqual(lines.sort(), names);
  await pending.release();
  assert.deepEqual(await paths(store, 'pending/'), []);
});

test('condemned objects are absent for hasObject', async () => {
  const store = new MemoryStore();
  const vault = await createVault(store, { sealed: false, pin: null });
  const { name } = await vault.putObject({ kind: 'bundle', shapeHash: Buffer.alloc(32), rows: 0, ...bytesBody(Buffer.from('x')) });
  assert.equal(await vault.hasObject(name), true);
  assert.equal(await vault.hasObject('../x'), false);
  await store.put(`condemned/${name}`, bytesBody(Buffer.alloc(0)));
  const { openVault } = await import('../../src/vault/open-vault.ts');
  assert.equal(await (await openVault(store, {}, { pin: null })).hasObject(name), false);
});
