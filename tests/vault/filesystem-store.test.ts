import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bytesBody } from '../../src/vault/bytes-body.ts';
import { FilesystemStore } from '../../src/vault/filesystem-store.ts';
import { openStore } from '../../src/vault/open-store.ts';
import { failsWith, paths, readAll, storeConformance } from './store-conformance.ts';

const home = await mkdtemp(join(tmpdir(), 'lifeboat-store-'));
after(() => rm(home, { recursive: true, force: true }));
let made = 0;
const place = () => join(home, `store-${made++}`, 'nested');
const errno = (code: string) => Object.assign(new Error(`${code}: injected`), { code, errno: -1, syscall: 'test' });
const body = bytesBody(Buffer.from('content'));

storeConformance('filesystem', async () => new FilesystemStore(place()));
storeConformance('filesystem without hard links', async () => {
  const calls = { link: async () => Promise.reject(errno('EPERM')) };
  return new Serial(place(), calls);
});

/** Without hard links two racing writers of one path are told apart only one after the other. */
class Serial extends FilesystemStore {
  #last: Promise<unknown> = Promise.resolve();
  override put(...args: Parameters<FilesystemStore['put']>): ReturnType<FilesystemStore['put']> {
    const next = this.#last.then(() => super.put(...args));
    this.#last = next.catch(() => {});
    return next;
  }
}

const leftovers = async (root: string) => (existsSync(join(root, 'tmp')) ? readdir(join(root, 'tmp')) : []);

for (const [step, calls] of [
  ['write', { write: () => Promise.reject(errno('ENOSPC')) }],
  ['fsync', { sync: () => Promise.reject(errno('ENOSPC')) }],
  ['link', { link: () => Promise.reject(errno('ENOSPC')) }],
] as const) {
  test(`fault 11: disk full at ${step} names needed and free bytes and leaves nothing`, async () => {
    const root = place();
    await new FilesystemStore(root).put('objects/aa/earlier', body);
    const store = new FilesystemStore(root, { ...calls, free: async () => 4711 });
    const error = await failsWith(store.put('objects/aa/new', body), 'disk-full');
    assert.deepEqual([error.exit, error.facts.needed, error.facts.free], [1, 7, 4711]);
    assert.match(error.message, /7 bytes .* 4711 bytes are free/);
    assert.deepEqual(await leftovers(root), []);
    assert.deepEqual(await paths(store, ''), ['objects/aa/earlier']);
  });
}

test('fault 11: a really full file system', { skip: process.getuid?.() !== 0 && 'needs root to mount a tmpfs' }, async (t) => {
  const root = place();
  await mkdir(root, { recursive: true });
  const run = async (...args: string[]) => (await once(spawn(args[0] ?? '', args.slice(1), { stdio: 'ignore' }), 'exit'))[0];
  if ((await run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root)) !== 0) return t.skip('no mount here');
  try {
    const store = new FilesystemStore(root);
    await failsWith(store.put('objects/aa/big', bytesBody(Buffer.alloc(4 * 1024 * 1024))), 'disk-full');
    assert.equal(await store.put('objects/aa/small', body), 'created');
    assert.deepEqual(await paths(store, ''), ['objects/aa/small']);
  } finally {
    await run('umount', root);
  }
});

test('a failed fsync is not retried and nothing becomes visible', async () => {
  const root = place();
  let syncs = 0;
  const store = new FilesystemStore(root, {
    sync: () => {
      syncs++;
      return Promise.reject(errno('EIO'));
    },
  });
  await failsWith(store.put('objects/aa/x', body), 'store-write-failed');
  assert.equal(syncs, 1);
  assert.deepEqual(await paths(store, ''), []);
});

test('fault 20: short writes are noticed by length', async () => {
  const store = new FilesystemStore(place(), { write: async (file, bytes) => void (await file.write(bytes, 0, bytes.length - 1)) });
  await failsWith(store.put('objects/aa/x', body), 'store-write-failed');
  assert.equal(await store.head('objects/aa/x'), null);
});

test('fault 20: a link that succeeded but answered EEXIST (NFS) counts as created', async () => {
  const { link } = await import('node:fs/promises');
  const store = new FilesystemStore(place(), { link: (from, to) => link(from, to).then(() => Promise.reject(errno('EEXIST'))) });
  assert.equal(await store.put('objects/aa/x', body), 'created');
  assert.equal((await readAll(store, 'objects/aa/x')).toString(), 'content');
});

for (const code of ['EACCES', 'EROFS', 'EPERM']) {
  test(`${code} is vault-not-writable`, async () => {
    await failsWith(
      new FilesystemStore(place(), { write: () => Promise.reject(errno(code)) }).put('objects/aa/x', body),
      'vault-not-writable',
    );
  });
}

test('links are never followed out of the root', async () => {
  const root = place();
  const outside = join(home, 'outside');
  await mkdir(outside, { recursive: true });
  await writeFile(join(outside, 'secret'), 'secret');
  const store = new FilesystemStore(root);
  await store.put('vault.json', body);
  await symlink(outside, join(root, 'objects'));
  await symlink(join(outside, 'secret'), join(root, 'link'));
  await failsWith(readAll(store, 'objects/secret'), 'store-link');
  await failsWith(store.head('objects/secret'), 'store-link');
  await failsWith(store.put('objects/new', body), 'store-link');
  await failsWith(store.delete('objects/secret'), 'store-link');
  await failsWith(readAll(store, 'link'), 'store-link');
  await failsWith(store.head('link'), 'store-link');
  await failsWith(readAll(store, 'tmp'.replace('tmp', 'objects')), 'store-link');
  assert.deepEqual(await paths(store, ''), ['vault.json']);
  assert.equal(await readFile(join(outside, 'secret'), 'utf8'), 'secret');
});

test('files are for their owner only', async () => {
  const root = place();
  await new FilesystemStore(root).put('keys/a.age', body);
  assert.equal((await stat(join(root, 'keys/a.age'))).mode & 0o777, 0o600);
  assert.equal((await stat(join(root, 'keys'))).mode & 0o777, 0o700);
});

test('fault 1: kill -9 while writing leaves no object, and old orphans are swept', async () => {
  const root = place();
  const script = `
    import { FilesystemStore } from ${JSON.stringify(new URL('../../src/vault/filesystem-store.ts', import.meta.url).href)};
    const endless = async function* () { for (;;) { yield Buffer.alloc(65536); process.stdout.write('.'); } };
    await new FilesystemStore(${JSON.stringify(root)}).put('objects/aa/x', { size: 1e12, open: endless });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal((await leftovers(root)).length, 1);
  assert.deepEqual(await paths(new FilesystemStore(root), ''), []);
  const orphan = join(root, 'tmp', (await leftovers(root))[0] ?? '');
  await new FilesystemStore(root).put('objects/aa/y', body);
  assert.equal((await leftovers(root)).length, 1, 'a young one may belong to a running backup');
  await utimes(orphan, 1, 1);
  await new FilesystemStore(root).put('objects/aa/z', body);
  assert.deepEqual(await leftovers(root), []);
});

test('openStore: a path is a directory, another scheme is not supported yet', async () => {
  assert.ok(openStore('/some/where') instanceof FilesystemStore);
  await failsWith(
    Promise.resolve().then(() => openStore('s3://bucket/prefix')),
    'store-unsupported',
  );
});
