import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { bytesBody } from '../../src/vault/bytes-body.ts';
import { canonicalJson } from '../../src/vault/canonical-json.ts';
import { createVault, type NewVault } from '../../src/vault/create-vault.ts';
import { filePin, knownVaultsPath } from '../../src/vault/fingerprint-pin.ts';
import { collect } from '../../src/vault/join-chunks.ts';
import { scryptLogN } from '../../src/vault/key-file.ts';
import { addKey, exportWriterKey, listKeys, readKeyFiles, removeKey } from '../../src/vault/key-ring.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { openVault } from '../../src/vault/open-vault.ts';
import { kitText } from '../../src/vault/recovery-kit.ts';
import { makeConfig } from '../../src/vault/vault-config.ts';
import { failsWith, paths, readAll } from './store-conformance.ts';

const home = mkdtempSync(join(tmpdir(), 'lifeboat-vault-'));
after(() => rmSync(home, { recursive: true, force: true }));
const pin = null;
const passphrase = 'correct horse';
const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const noShape = Buffer.alloc(32);
const rows = { kind: 'attachment', shapeHash: noShape, rows: 0, ...bytesBody(Buffer.from('content')) } as const;
const expectRows = { kind: 'attachment', shapeHash: noShape, rows: 0 } as const;

async function make(options: Partial<NewVault> = { recipients: [recipient] }) {
  const store = new MemoryStore({ location: '/vault' });
  return { store, vault: await createVault(store, { pin, scryptLogN: 10, ...options }) };
}

/** A copy whose objects can be altered. */
function copyOf(store: MemoryStore): MemoryStore {
  const copy = new MemoryStore({ location: store.location });
  for (const [path, { bytes, modified }] of store.objects) copy.objects.set(path, { bytes: Buffer.from(bytes), modified });
  return copy;
}

function replace(store: MemoryStore, path: string, bytes: Buffer | string): void {
  store.objects.set(path, { bytes: Buffer.from(bytes), modified: new Date() });
}

const keyPathOf = async (store: MemoryStore) => (await paths(store, 'keys/'))[0] ?? '';

test('a vault opens with its passphrase, with an identity or an identity file, and gives back what it holds', async () => {
  const { store, vault } = await make({ passphrase, recipients: [recipient] });
  const { name } = await vault.putObject(rows);
  for (const credentials of [
    { passphrase },
    { identities: [identity] },
    { identities: [`# created by age-keygen\n\n${identity}\r\n`] },
    { passphrase: 'wrong', identities: [identity] },
  ]) {
    const opened = await openVault(store, credentials, { pin });
    assert.equal(opened.access, 'owner');
    assert.equal(opened.fingerprint, vault.fingerprint);
    assert.match(opened.fingerprint, /^([0-9a-f]{4}-){15}[0-9a-f]{4}$/);
    assert.equal((await collect(opened.getObject(name, expectRows), 99)).toString(), 'content');
    assert.equal(opened.nameOf(rows), name);
    assert.deepEqual(opened.cut, { minimum: 2 ** 19, target: 2 ** 21, maximum: 2 ** 22 });
  }
});

test('fault 24: wrong keys, no keys and malformed keys each have their own code', async () => {
  const { store } = await make({ passphrase });
  assert.equal((await failsWith(openVault(store, { passphrase: 'wrong' }, { pin }), 'wrong-key')).exit, 12);
  await failsWith(openVault(store, { identities: [identity] }, { pin }), 'wrong-key');
  assert.equal((await failsWith(openVault(store, {}, { pin }), 'key-missing')).exit, 12);
  await failsWith(openVault(store, { passphrase: '' }, { pin }), 'key-missing');
  const error = await failsWith(openVault(store, { identities: ['AGE-SECRET-KEY-1NONSENSE'] }, { pin }), 'bad-identity');
  assert.doesNotMatch(JSON.stringify({ ...error, message: error.message }), /NONSENSE/);
  await failsWith(openVault(store, { writerKey: '{}' }, { pin }), 'key-file-damaged');
});

test('no vault, a vault there already, and remains of one', async () => {
  const { store } = await make();
  assert.equal((await failsWith(openVault(new MemoryStore(), { passphrase }, { pin }), 'no-vault')).exit, 10);
  assert.equal((await failsWith(createVault(store, { recipients: [recipient], pin }), 'vault-exists')).exit, 14);
  await failsWith(createVault(new MemoryStore(), { pin }), 'key-missing');
  await failsWith(createVault(new MemoryStore(), { recipients: ['age1nonsense'], pin }), 'bad-recipient');
  const leaked = await failsWith(createVault(new MemoryStore(), { recipients: [identity], pin }), 'bad-recipient');
  assert.doesNotMatch(leaked.message, /SECRET-KEY-1/);
  const remains = new MemoryStore();
  await remains.put('snapshots/000001-20260117T031500Z-9f86d081884c7d65', bytesBody(Buffer.from('x')));
  await failsWith(openVault(remains, {}, { pin }), 'vault-config-damaged');
  await failsWith(createVault(remains, { recipients: [recipient], pin }), 'vault-exists');
});

test('a creation that crashed before vault.json can be done again', async () => {
  const { store } = await make();
  await store.delete('vault.json');
  await createVault(store, { recipients: [recipient], pin });
  assert.equal((await listKeys(store)).length, 1);
  await openVault(store, { identities: [identity] }, { pin });
});

test('a vault like another shares names and cuts, not keys to read', async () => {
  const { vault } = await make();
  const { vault: twin } = await make({ recipients: [recipient], like: vault });
  assert.equal(twin.nameOf(rows), vault.nameOf(rows));
  assert.ok(twin.cutSeed.equals(vault.cutSeed));
  assert.notEqual(twin.fingerprint, vault.fingerprint);
  assert.notEqual(twin.config.recipient, vault.config.recipient);
});

test('a writer adds and cannot read', async () => {
  const { store, vault } = await make();
  const text = exportWriterKey(vault.keys);
  assert.doesNotMatch(text, /AGE-SECRET-KEY/);
  const writer = await openVault(store, { writerKey: text }, { pin });
  assert.equal(writer.access, 'writer');
  const { name } = await writer.putObject(rows);
  assert.equal((await failsWith(collect(writer.getObject(name, expectRows), 99), 'writer-only')).exit, 12);
  await failsWith(addKey(store, writer.keys, { recipients: [recipient] }), 'writer-only');
  assert.equal((await collect(vault.getObject(name, expectRows), 99)).toString(), 'content');
  const { vault: other } = await make();
  await failsWith(openVault(store, { writerKey: exportWriterKey(other.keys) }, { pin }), 'vault-forged');
});

test('keys are listed, added and removed, never the last one', async () => {
  const { store, vault } = await make();
  const first = (await listKeys(store))[0]?.id ?? '';
  assert.equal((await failsWith(removeKey(store, first), 'last-key')).exit, 14);
  const added = await addKey(store, vault.keys, { passphrase, scryptLogN: 10 });
  assert.deepEqual((await listKeys(store)).map(({ kind }) => kind).sort(), ['passphrase', 'recipient']);
  await failsWith(removeKey(store, 'nobody'), 'no-such-key');
  await removeKey(store, first);
  await failsWith(openVault(store, { identities: [identity] }, { pin }), 'wrong-key');
  await openVault(store, { passphrase }, { pin });
  await failsWith(removeKey(store, added), 'last-key');
  await store.put('keys/rubbish.age', bytesBody(Buffer.from('rubbish')));
  await failsWith(removeKey(store, added), 'last-key');
});

test('one of several recipients is enough', async () => {
  const other = await generateX25519Identity();
  const { store } = await make({ recipients: [await identityToRecipient(other), recipient] });
  await openVault(store, { identities: [identity] }, { pin });
  await openVault(store, { identities: [other] }, { pin });
});

test('fault 13, 15: every flipped byte and every cut of vault.json is a registered error', async () => {
  const { store } = await make();
  const whole = await readAll(store, 'vault.json');
  const codes = ['vault-config-damaged', 'vault-forged', 'format-newer'];
  for (let at = 0; at < whole.length; at++) {
    for (const bit of [1, 2, 0x20, 0x80]) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ bit;
      replace(store, 'vault.json', bytes);
      await failsWith(openVault(store, { identities: [identity] }, { pin }), ...codes);
    }
    replace(store, 'vault.json', whole.subarray(0, at));
    await failsWith(openVault(store, { identities: [identity] }, { pin }), ...codes);
  }
  for (const bytes of [
    Buffer.concat([whole, Buffer.from('\n')]),
    Buffer.alloc(100_000, ' '),
    Buffer.from('[]'),
    Buffer.from('null'),
    Buffer.from('{"format":1e999}'),
  ]) {
    replace(store, 'vault.json', bytes);
    await failsWith(openVault(store, { identities: [identity] }, { pin }), 'vault-config-damaged');
  }
});

test('fault 12, 15: every flipped byte and cut of a key file is a registered error, and skipped where another opens', async () => {
  const { store } = await make();
  const path = await keyPathOf(store);
  const whole = await readAll(store, path);
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    replace(store, path, bytes);
    await failsWith(openVault(store, { identities: [identity] }, { pin }), 'key-file-damaged', 'wrong-key');
    if (at % 8 !== 0) continue;
    replace(store, path, whole.subarray(0, at));
    await failsWith(openVault(store, { identities: [identity] }, { pin }), 'key-file-damaged');
  }
  replace(store, path, Buffer.alloc(1_000_000, 'x'));
  await failsWith(openVault(store, { identities: [identity] }, { pin }), 'key-file-damaged');
  assert.deepEqual(
    (await listKeys(store)).map(({ kind }) => kind),
    [null],
  );
  replace(store, 'keys/zz.age', whole);
  await openVault(store, { identities: [identity] }, { pin });
});

test('damage in a key file for a passphrase', async () => {
  const { store } = await make({ passphrase });
  const path = await keyPathOf(store);
  const whole = await readAll(store, path);
  for (let at = 0; at < whole.length; at += 5) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 0x80;
    replace(store, path, bytes);
    await failsWith(openVault(store, { passphrase }, { pin }), 'key-file-damaged', 'wrong-key');
  }
});

test("another vault's key file, wrapped for the same person, is told apart", async () => {
  const { store } = await make();
  const { store: other } = await make();
  replace(store, await keyPathOf(store), await readAll(other, await keyPathOf(other)));
  await failsWith(openVault(store, { identities: [identity] }, { pin }), 'vault-forged');
});

test('a sealed vault turned clear, an exchanged recipient and an exchanged signing key are refused', async () => {
  const { store, vault } = await make();
  const { vault: attacker } = await make();
  const forgeries = [
    { ...vault.keys, sealed: false, recipient: null, identity: null },
    { ...vault.keys, recipient: attacker.keys.recipient },
    { ...vault.keys, signKey: attacker.keys.signKey, verifyKey: attacker.keys.verifyKey },
    { ...vault.keys, vaultId: 'f'.repeat(32) },
  ];
  for (const keys of forgeries) {
    const forged = copyOf(store);
    replace(forged, 'vault.json', `${canonicalJson(makeConfig(keys, vault.config.cut, new Date()))}\n`);
    await failsWith(openVault(forged, { identities: [identity] }, { pin }), 'vault-forged');
  }
  // Edited without the key: the signature does not fit.
  const edited = copyOf(store);
  replace(edited, 'vault.json', (await readAll(store, 'vault.json')).toString().replace('"sealed":true', '"sealed":false'));
  await failsWith(openVault(edited, { identities: [identity] }, { pin }), 'vault-forged');
  // The whole face exchanged: only the pin can tell.
  const { store: impostor } = await make({ sealed: false });
  const known = filePin(join(home, 'known-1'));
  await openVault(store, { identities: [identity] }, { pin: known });
  const error = await failsWith(openVault(impostor, { identities: [identity] }, { pin: known }), 'vault-changed-face');
  assert.equal(error.exit, 14);
  assert.match(error.next, /known-1/);
  // Clear keys slipped into a sealed vault.
  const slipped = copyOf(store);
  replace(slipped, 'keys/00.clear.json', await readAll(impostor, await keyPathOf(impostor)));
  await failsWith(openVault(slipped, { identities: [identity] }, { pin }), 'vault-forged');
});

test('newer formats and unknown incompatible features are format-newer; compatible ones are passed over', async () => {
  const { store } = await make();
  const config = JSON.parse((await readAll(store, 'vault.json')).toString());
  for (const change of [
    { format: 2 },
    { format: 2, wholly: 'different', id: 5 },
    { features: { incompatible: ['patches'], compatible: [] } },
  ]) {
    replace(store, 'vault.json', JSON.stringify({ ...config, ...change }));
    assert.equal((await failsWith(openVault(store, { identities: [identity] }, { pin }), 'format-newer')).exit, 15);
  }
});

test('cut sizes are bounded', async () => {
  for (const cut of [
    { minimum: 1, target: 2, maximum: 3 },
    { minimum: 2 ** 22, target: 2 ** 20, maximum: 2 ** 24 },
    { minimum: 2 ** 20, target: 2 ** 22, maximum: 2 ** 30 },
  ]) {
    await failsWith(make({ recipients: [recipient], cut }), 'bad-cut');
  }
});

test('a vault without encryption says so, opens without keys and refuses new ones', async () => {
  const { store, vault } = await make({ sealed: false });
  assert.equal(vault.sealed, false);
  const { name } = await vault.putObject(rows);
  const opened = await openVault(store, {}, { pin });
  assert.equal((await collect(opened.getObject(name, expectRows), 99)).toString(), 'content');
  assert.deepEqual(
    (await listKeys(store)).map(({ kind }) => kind),
    ['clear'],
  );
  await failsWith(addKey(store, opened.keys, { passphrase }), 'vault-not-sealed');
});

test('pins: first use is remembered per place, a second vault elsewhere is its own', async () => {
  const path = join(home, 'deep', 'known');
  const known = filePin(path);
  await known.remember('/a b', 'one');
  await known.remember('/a b', 'one');
  await known.remember('/a', 'two');
  await known.known('/elsewhere', 'any');
  await failsWith(known.known('/a b', 'two'), 'vault-changed-face');
  assert.equal(readFileSync(path, 'utf8'), 'one "/a b"\ntwo "/a"\n');
  assert.equal(knownVaultsPath({ LIFEBOAT_STATE_DIR: '/s' }), '/s/known-vaults');
  assert.equal(knownVaultsPath({ XDG_STATE_HOME: '/x' }), '/x/lifeboat/known-vaults');
});

test('where a vault was known, none is not taken for a place for a new one', async () => {
  const known = filePin(join(home, 'known-gone'));
  const { store, vault } = await make();
  assert.equal(await known.at(store.location), null);
  await openVault(store, { identities: [identity] }, { pin: known });
  const empty = new MemoryStore({ location: store.location });
  const error = await failsWith(openVault(empty, { identities: [identity] }, { pin: known }), 'vault-gone');
  assert.equal(error.exit, 10);
  assert.ok(error.message.includes(vault.fingerprint), error.message);
  assert.doesNotMatch(error.why + error.next, /init/);
  assert.match(error.why, /known-gone/);
  // Without a pin, or with one of other places, it is as it always was.
  await failsWith(openVault(empty, { identities: [identity] }, { pin }), 'no-vault');
  await failsWith(openVault(empty, { identities: [identity] }, { pin: filePin(join(home, 'known-none')) }), 'no-vault');
});

test('fault 24: the emergency kit opens a vault whose keys/ and vault.json are gone, also by hand', async () => {
  const { store, vault } = await make({ passphrase, recipients: [recipient] });
  const { name } = await vault.putObject(rows);
  const kit = kitText({
    location: store.location,
    vaultId: vault.id,
    fingerprint: vault.fingerprint,
    sealed: true,
    date: new Date(0),
    config: (await readAll(store, 'vault.json')).toString(),
    keyFiles: await readKeyFiles(store),
  });
  assert.match(kit, new RegExp(vault.fingerprint));
  assert.match(kit, /does not revoke/);
  assert.doesNotMatch(kit, /AGE-SECRET-KEY-1[A-Z0-9]{10}/);
  for (const path of ['vault.json', ...(await paths(store, 'keys/'))]) await store.delete(path);
  await failsWith(openVault(store, { passphrase }, { pin }), 'vault-config-damaged');
  for (const text of [kit, kit.replaceAll('\n', '\r\n')]) {
    for (const credentials of [{ passphrase }, { identities: [identity] }]) {
      const opened = await openVault(store, { ...credentials, kit: text }, { pin });
      assert.equal((await collect(opened.getObject(name, expectRows), 99)).toString(), 'content');
    }
  }
  await failsWith(openVault(store, { passphrase: 'wrong', kit }, { pin }), 'wrong-key');
  if (spawnSync('age', ['--version']).status !== 0) return;
  const block = (kit.match(/-----BEGIN[\s\S]*?-----END AGE ENCRYPTED FILE-----\n/g) ?? []).map((text, n) => ({ text, n }));
  const opened = block.flatMap(({ text }) => {
    writeFileSync(join(home, 'id'), identity, { mode: 0o600 });
    const run = spawnSync('age', ['-d', '-i', join(home, 'id')], { input: text });
    return run.status === 0 ? [JSON.parse(run.stdout.toString())] : [];
  });
  writeFileSync(join(home, 'vault-id'), opened[0].identity, { mode: 0o600 });
  const sealed = await readAll(store, `objects/${name.slice(0, 2)}/${name}`);
  const plain = execFileSync('zstd', ['-dc'], { input: execFileSync('age', ['-d', '-i', join(home, 'vault-id')], { input: sealed }) });
  assert.equal(plain.toString(), 'content');
});

test('the environment only lowers scrypt, and not below 10', () => {
  assert.deepEqual(
    [
      {},
      { LIFEBOAT_SCRYPT_LOG_N: '12' },
      { LIFEBOAT_SCRYPT_LOG_N: '1' },
      { LIFEBOAT_SCRYPT_LOG_N: '30' },
      { LIFEBOAT_SCRYPT_LOG_N: 'x' },
    ].map((e) => scryptLogN(e)),
    [18, 12, 10, 18, 18],
  );
});

test('canonical JSON sorts, drops undefined and refuses what it cannot hold', () => {
  assert.equal(canonicalJson({ b: [1, null, 'é\u0001'], a: { d: undefined, c: true } }), '{"a":{"c":true},"b":[1,null,"é\\u0001"]}');
  for (const value of [2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 1n, undefined, new Date(), () => 1])
    assert.throws(() => canonicalJson(value), RangeError);
});
