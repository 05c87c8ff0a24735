import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifeboatError } from '../../src/report/errors.ts';
import { bytesBody } from '../../src/vault/bytes-body.ts';
import { collect } from '../../src/vault/join-chunks.ts';
import type { Store } from '../../src/vault/store.ts';

const mebibyte = 1024 * 1024;

/** Asserts that a promise fails with a registered error of this code (and no other kind of failure). */
export async function failsWith(promise: Promise<unknown>, ...codes: string[]): Promise<LifeboatError> {
  try {
    await promise;
  } catch (cause) {
    assert.ok(cause instanceof LifeboatError, `a registered error was expected, not ${String(cause)}`);
    assert.ok(codes.includes(cause.code), `${codes.join(' or ')} expected, not ${cause.code}: ${cause.message}`);
    return cause;
  }
  assert.fail(`${codes.join(' or ')} expected, but nothing failed`);
}

export async function readAll(store: Store, path: string): Promise<Buffer> {
  return collect(store.get(path), 64 * mebibyte);
}

export async function paths(store: Store, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).map((info) => info.path);
}

/** The contract of store.ts, point by point, for any backend. `make` gives a fresh empty store. */
export function storeConformance(backend: string, make: () => Promise<Store>): void {
  const check = (name: string, body: (store: Store) => Promise<void>) => test(`${backend} store: ${name}`, async () => body(await make()));

  check('what was put can be read, headed and listed', async (store) => {
    const bytes = Buffer.alloc(3 * mebibyte + 5, 'lifeboat');
    assert.equal(
      await store.put('objects/ab/abc', { size: bytes.length, open: () => [bytes.subarray(0, 7), bytes.subarray(7)] }),
      'created',
    );
    assert.ok((await readAll(store, 'objects/ab/abc')).equals(bytes));
    const info = await store.head('objects/ab/abc');
    assert.equal(info?.size, bytes.length);
    assert.ok(Math.abs((await store.now()).getTime() - (info?.modified.getTime() ?? 0)) < 60_000);
    assert.deepEqual(await paths(store, 'objects/'), ['objects/ab/abc']);
  });

  check('an empty object', async (store) => {
    await store.put('locks/empty', bytesBody(Buffer.alloc(0)));
    assert.equal((await readAll(store, 'locks/empty')).length, 0);
    assert.equal((await store.head('locks/empty'))?.size, 0);
  });

  check('put never overwrites', async (store) => {
    await store.put('vault.json', bytesBody(Buffer.from('first')));
    assert.equal(await store.put('vault.json', bytesBody(Buffer.from('second'))), 'exists');
    assert.equal((await readAll(store, 'vault.json')).toString(), 'first');
  });

  check('of many writers of one path, one creates', async (store) => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, n) => store.put('snapshots/one', bytesBody(Buffer.from(`writer ${n}`)))),
    );
    assert.equal(outcomes.filter((outcome) => outcome === 'created').length, 1);
    assert.match((await readAll(store, 'snapshots/one')).toString(), /^writer \d+$/);
    assert.deepEqual(await paths(store, ''), ['snapshots/one']);
  });

  check('a body shorter or longer than announced, or failing, leaves nothing', async (store) => {
    await failsWith(store.put('objects/aa/short', { size: 10, open: () => [Buffer.from('abc')] }), 'store-write-failed');
    await failsWith(store.put('objects/aa/long', { size: 2, open: () => [Buffer.from('abc')] }), 'store-write-failed');
    const failing = async function* () {
      yield Buffer.from('ab');
      throw new LifeboatError('interrupted');
    };
    await failsWith(store.put('objects/aa/failing', { size: 3, open: failing }), 'interrupted');
    assert.deepEqual(await paths(store, ''), []);
    assert.equal(await store.head('objects/aa/short'), null);
  });

  check('a missing object', async (store) => {
    await failsWith(readAll(store, 'objects/aa/none'), 'object-missing');
    assert.equal(await store.head('objects/aa/none'), null);
    await store.delete('objects/aa/none');
    assert.deepEqual(await paths(store, 'objects/'), []);
  });

  check('delete removes one object', async (store) => {
    await store.put('locks/a', bytesBody(Buffer.from('a')));
    await store.put('locks/b', bytesBody(Buffer.from('b')));
    await store.delete('locks/a');
    assert.deepEqual(await paths(store, 'locks/'), ['locks/b']);
    assert.equal(await store.put('locks/a', bytesBody(Buffer.from('again'))), 'created');
  });

  check('list is in ascending path order, whole and under a prefix', async (store) => {
    const all = ['a/b', 'a-b', 'a.b', 'a/b-c', 'objects/ab/1', 'objects/ab-1', 'objects/b', 'z', 'Z/y', '0'];
    for (const path of all) await store.put(path, bytesBody(Buffer.from(path)));
    assert.deepEqual(await paths(store, ''), [...all].sort());
    assert.deepEqual(await paths(store, 'objects/'), all.filter((path) => path.startsWith('objects/')).sort());
    assert.deepEqual(await paths(store, 'objects/ab'), all.filter((path) => path.startsWith('objects/ab')).sort());
    assert.deepEqual(await paths(store, 'none/'), []);
  });

  check('hostile paths are refused before any I/O', async (store) => {
    const hostile = [
      '',
      '/',
      '/etc/passwd',
      '..',
      '../x',
      'a/../b',
      'a//b',
      'a/',
      '.',
      './a',
      'a/.',
      '.hidden',
      'a/.b',
      'a\\b',
      'a\0b',
      'a b',
      'ä',
      'a\n',
      'x'.repeat(256),
      `${'abcd/'.repeat(200)}x`,
      'tmp/x',
      'a:b',
      '%2e%2e/x',
    ];
    for (const path of hostile) {
      await failsWith(store.put(path, bytesBody(Buffer.from('x'))), 'store-path-refused');
      await failsWith(readAll(store, path), 'store-path-refused');
      await failsWith(store.head(path), 'store-path-refused');
      await failsWith(store.delete(path), 'store-path-refused');
    }
    for (const prefix of ['../', '/', 'a//', '.x/']) await failsWith(paths(store, prefix), 'store-path-refused');
  });
}
