import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { bytesBody } from '../../src/vault/bytes-body.ts';
import { readCondemned } from '../../src/vault/condemned.ts';
import { collect } from '../../src/vault/join-chunks.ts';
import { parseIdentity, parseRecipient } from '../../src/vault/key-agreement.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { decodeObject, encodeObject, type Opening, type Sealing } from '../../src/vault/object-format.ts';
import { ObjectNamer, objectPath } from '../../src/vault/object-name.ts';
import { readObject } from '../../src/vault/object-reader.ts';
import { writeObject } from '../../src/vault/object-writer.ts';
import type { ObjectKind, PlainContent } from '../../src/vault/vault.ts';
import { failsWith } from './store-conformance.ts';

const secret = await generateX25519Identity();
const sealedWays = {
  sealing: { recipient: parseRecipient(await identityToRecipient(secret)) } as Sealing,
  opening: { identity: parseIdentity(secret) } as Opening,
};
const clearWays = { sealing: null as Sealing, opening: null as Opening };
const nameKey = Buffer.alloc(32, 7);
const shapeHash = Buffer.alloc(32, 1);
const mebibyte = 1024 * 1024;

const content = (bytes: Buffer, kind: ObjectKind = 'segment', rows = 3): PlainContent => ({ kind, shapeHash, rows, ...bytesBody(bytes) });
const expected = { kind: 'segment', shapeHash, rows: 3 } as const;

async function fresh(ways: { sealing: Sealing; opening: Opening }) {
  const store = new MemoryStore();
  const condemned = await readCondemned(store);
  const write = (plain: PlainContent, more: { selfCheck?: boolean; spoolDirectory?: string } = {}) =>
    writeObject(plain, { store, nameKey, sealing: ways.sealing, condemned, ...more });
  const read = (name: string, expect: { kind: ObjectKind; shapeHash: Buffer; rows: number } = expected, limit?: number) =>
    collect(readObject(store, { nameKey, opening: ways.opening }, name, expect, { ...(limit !== undefined && { limit }) }), 64 * mebibyte);
  return { store, write, read };
}

for (const [what, ways] of Object.entries({ sealed: sealedWays, clear: clearWays })) {
  test(`${what}: sizes from nothing to many chunks come back, and are reused`, async () => {
    const { write, read } = await fresh(ways);
    for (const size of [0, 1, 1000, 65536, mebibyte + 1, 5 * mebibyte]) {
      const bytes = Buffer.concat([randomBytes(size >> 1), Buffer.alloc(size - (size >> 1), 'abc')]);
      const stored = await write(content(bytes));
      assert.equal(stored.reused, false);
      assert.ok(bytes.equals(await read(stored.name)));
      assert.deepEqual(await write(content(bytes)), { name: stored.name, stored: 0, reused: true });
    }
  });

  test(`fault 12, 13, ${what}: every flipped byte, cut and appended byte of an object is object-damaged`, async () => {
    const { store, write, read } = await fresh(ways);
    const { name } = await write(content(Buffer.from('a few rows of a table, a few rows of a table')));
    const object = store.objects.get(objectPath(name));
    assert.ok(object);
    const whole = object.bytes;
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [1, 0x80]) {
        object.bytes = Buffer.from(whole);
        object.bytes[at] = (whole[at] ?? 0) ^ bit;
        // In a clear object the version byte may be made a newer one: that is said instead.
        await failsWith(read(name), 'object-damaged', ...(what === 'clear' && at === 14 ? ['format-newer'] : []));
      }
      object.bytes = whole.subarray(0, at);
      await failsWith(read(name), 'object-damaged');
    }
    for (const more of [Buffer.from('x'), whole, Buffer.alloc(70_000)]) {
      object.bytes = Buffer.concat([whole, more]);
      await failsWith(read(name), 'object-damaged');
    }
  });

  test(`${what}: objects swapped, of another kind, with other rows or shape are refused`, async () => {
    const { store, write, read } = await fresh(ways);
    const a = await write(content(Buffer.from('aaaa')));
    const b = await write(content(Buffer.from('bbbb')));
    await failsWith(read(a.name, { kind: 'index', shapeHash, rows: 3 }), 'object-damaged');
    await failsWith(read(a.name, { kind: 'segment', shapeHash, rows: 4 }), 'object-damaged');
    await failsWith(read(a.name, { kind: 'segment', shapeHash: Buffer.alloc(32), rows: 3 }), 'object-damaged');
    const [first, second] = [store.objects.get(objectPath(a.name)), store.objects.get(objectPath(b.name))];
    assert.ok(first && second);
    [first.bytes, second.bytes] = [second.bytes, first.bytes];
    await failsWith(read(a.name), 'object-damaged');
    await failsWith(read('../../etc/passwd'), 'object-damaged');
    await failsWith(read('0'.repeat(64)), 'object-missing');
  });
}

test('fault 13: the other objects of a vault stay readable; nothing of a damaged one goes out, or all but the last chunk of a large one', async () => {
  const { store, write } = await fresh(clearWays);
  const good = await write(content(Buffer.from('good')));
  const large = Buffer.alloc(17 * mebibyte, randomBytes(5000));
  for (const [bytes, given] of [
    [randomBytes(1), 0],
    [randomBytes(3 * mebibyte), 0],
    [large.subarray(0, 16 * mebibyte), 0],
    [large, 1],
    [randomBytes(17 * mebibyte), 1],
  ] as const) {
    const { name } = await write(content(bytes));
    for (const wrong of [{ rows: 99 }, { shapeHash: Buffer.alloc(32, 9) }]) {
      const seen: Buffer[] = [];
      const reading = (async () => {
        for await (const chunk of readObject(store, { nameKey, opening: null }, name, { ...expected, ...wrong })) seen.push(chunk);
      })();
      await failsWith(reading, 'object-damaged');
      assert.equal(Math.sign(seen.length), given, `${bytes.length} bytes`);
      assert.ok(Buffer.concat(seen).length < bytes.length);
    }
  }
  assert.equal((await collect(readObject(store, { nameKey, opening: null }, good.name, expected), 9)).toString(), 'good');
});

test('what is lent is gone when the next chunk is asked for, what is given stays', async () => {
  const { store, write } = await fresh(sealedWays);
  const bytes = randomBytes(mebibyte);
  const { name } = await write(content(bytes));
  const keys = { nameKey, opening: sealedWays.opening };
  for (const lent of [true, false]) {
    const seen: Buffer[] = [];
    for await (const chunk of readObject(store, keys, name, expected, { lent })) {
      assert.ok(chunk.equals(bytes));
      seen.push(chunk);
    }
    assert.equal(seen[0]?.length, lent ? 0 : bytes.length);
  }
  // Who leaves half-way may still have the chunk on its way somewhere.
  const reading = readObject(store, keys, name, expected, { lent: true });
  const first = await reading.next();
  await reading.return(undefined);
  assert.ok(first.value?.equals(bytes));
});

test('a large object is read in parts, whole and lent alike', async () => {
  const { store, write } = await fresh(sealedWays);
  for (const bytes of [Buffer.alloc(20 * mebibyte, randomBytes(5000)), randomBytes(17 * mebibyte)]) {
    const { name } = await write(content(bytes));
    for (const lent of [true, false]) {
      const hash = createHash('sha256');
      let chunks = 0;
      for await (const chunk of readObject(store, { nameKey, opening: sealedWays.opening }, name, expected, { lent })) {
        hash.update(chunk);
        chunks++;
      }
      assert.ok(chunks > 16);
      assert.deepEqual(hash.digest(), createHash('sha256').update(bytes).digest());
    }
  }
});

test('fault 19: wrong content answered once is read again', async () => {
  const { store, write, read } = await fresh(sealedWays);
  const { name } = await write(content(Buffer.from('rows')));
  const get = store.get.bind(store);
  let asked = 0;
  store.get = async function* (path) {
    for await (const chunk of get(path)) yield asked++ === 0 ? Buffer.alloc(chunk.length, 'x') : chunk;
  };
  assert.equal((await read(name)).toString(), 'rows');
  assert.equal(asked, 2);
});

test('fault 14: bytes that changed between naming and storing are caught by the self-check', async () => {
  for (const size of [5000, 17 * mebibyte]) {
    for (const ways of [sealedWays, clearWays]) {
      const { store, write } = await fresh(ways);
      const bytes = randomBytes(size);
      let opened = 0;
      const flipping: PlainContent = {
        ...content(bytes),
        open: () => {
          const copy = Buffer.from(bytes);
          if (opened++ > 0) copy[size >> 1] = (copy[size >> 1] ?? 0) ^ 4;
          return [copy];
        },
      };
      await failsWith(write(flipping), 'self-check-failed');
      assert.equal(store.objects.size, 0);
      opened = 0;
      assert.equal((await write(flipping, { selfCheck: false })).reused, false, 'without it nobody would notice');
    }
  }
});

test('a large object is spooled to disk and the spool is removed, also after a failure', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-spool-test-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const { store, write, read } = await fresh(sealedWays);
  const bytes = Buffer.alloc(20 * mebibyte, randomBytes(1000));
  const { name } = await write(content(bytes), { spoolDirectory: directory });
  assert.ok(bytes.equals(await read(name)));
  assert.deepEqual(await readdir(directory), []);
  store.objects.clear();
  store.put = () => Promise.reject(new Error('put failed'));
  await assert.rejects(write(content(bytes), { spoolDirectory: directory }), /put failed/);
  assert.deepEqual(await readdir(directory), []);
});

test("an empty file in an object's place is replaced; a condemned object is not reused and loses its mark", async () => {
  const store = new MemoryStore();
  const plain = content(Buffer.from('rows'));
  const first = await writeObject(plain, { store, nameKey, sealing: null, condemned: await readCondemned(store) });
  const object = store.objects.get(objectPath(first.name));
  assert.ok(object);
  object.bytes = Buffer.alloc(0);
  assert.equal((await writeObject(plain, { store, nameKey, sealing: null, condemned: await readCondemned(store) })).reused, false);
  await store.put(`condemned/${first.name}`, bytesBody(Buffer.alloc(0)));
  const condemned = await readCondemned(store);
  assert.ok(condemned.has(first.name));
  // Its bytes are still there, so the caller must rely on them like on any reused object.
  assert.equal((await writeObject(plain, { store, nameKey, sealing: null, condemned })).reused, true);
  assert.equal(await store.head(`condemned/${first.name}`), null);
  assert.equal(condemned.has(first.name), false);
});

test('what decompresses beyond its limit is stopped', async () => {
  const { write, read } = await fresh(clearWays);
  const { name, stored } = await write(content(Buffer.alloc(16 * mebibyte)));
  assert.ok(stored < 10_000, 'a small file that grows');
  await failsWith(read(name, expected, mebibyte), 'object-damaged');
});

test('a newer object version is format-newer', async () => {
  const encoded = await collect(encodeObject([Buffer.from('x')], 'index', 1, null).chunks, 1000);
  encoded[14] = 2;
  await failsWith(collect(decodeObject([encoded], 'index', null), 1000), 'format-newer');
});

test('the name covers kind, shape, bytes, rows and length, and streams', () => {
  const name = (kind: string, shape: Buffer, chunks: string[], rows: number) => {
    const namer = new ObjectNamer(nameKey, kind, shape);
    for (const chunk of chunks) namer.update(Buffer.from(chunk));
    return namer.name(rows);
  };
  const base = name('segment', shapeHash, ['abc'], 1);
  assert.equal(name('segment', shapeHash, ['a', '', 'bc'], 1), base);
  assert.notEqual(name('bundle', shapeHash, ['abc'], 1), base);
  assert.notEqual(name('segment', Buffer.alloc(32), ['abc'], 1), base);
  assert.notEqual(name('segment', shapeHash, ['abd'], 1), base);
  assert.notEqual(name('segment', shapeHash, ['abc'], 2), base);
});
