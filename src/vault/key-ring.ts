import { randomBytes } from 'node:crypto';
import { LifeboatError } from '../report/errors.ts';
import { bytesBody } from './bytes-body.ts';
import { collect } from './join-chunks.ts';
import { type Credentials, identityLines, type KeyKind, keyFileLimit, keyKindOf, unwrapKeys, type Wrapping, wrapKeys } from './key-file.ts';
import { keyFilesOfKit } from './recovery-kit.ts';
import type { Store } from './store.ts';
import { decodeKeys, encodeKeys, type VaultKeys } from './vault-keys.ts';

const keyPath = /^keys\/([A-Za-z0-9_-]{1,64})\.(age|clear\.json)$/;

export interface KeyListing {
  id: string;
  /** Null when the file is damaged. */
  kind: KeyKind | null;
  modified: Date;
}

/** The vault's key files. Needs no key. */
export async function listKeys(store: Store): Promise<KeyListing[]> {
  const found: KeyListing[] = [];
  for await (const { path, modified } of store.list('keys/')) {
    const id = keyPath.exec(path)?.[1];
    if (id !== undefined) found.push({ id, kind: keyKindOf(await readKeyFile(store, path)), modified });
  }
  return found;
}

/** Adds a key file: another passphrase, or age recipients of which each opens it. @throws LifeboatError writer-only … */
export async function addKey(store: Store, keys: VaultKeys, wrapping: Wrapping): Promise<string> {
  if (keys.role === 'writer') throw new LifeboatError('writer-only', { vault: store.location, what: 'add a key' });
  if (!keys.sealed) throw new LifeboatError('vault-not-sealed', { vault: store.location });
  const id = randomBytes(6).toString('hex');
  await putKeyFile(store, `keys/${id}.age`, await wrapKeys(keys, wrapping));
  return id;
}

/** The key file of a vault that is not sealed: its keys as they are. */
export async function addClearKey(store: Store, keys: VaultKeys): Promise<void> {
  await putKeyFile(store, `keys/${randomBytes(6).toString('hex')}.clear.json`, Buffer.from(`${encodeKeys(keys)}\n`));
}

/**
 * Takes a key file away. Whoever opened the vault with it before may have kept the keys: what they could read, they
 * still can. @throws LifeboatError no-such-key | last-key
 */
export async function removeKey(store: Store, id: string): Promise<void> {
  const keys = await listKeys(store);
  const found = keys.find((key) => key.id === id);
  if (!found) throw new LifeboatError('no-such-key', { key: id, keys: keys.map((key) => key.id) });
  if (!keys.some((key) => key.id !== id && key.kind !== null)) throw new LifeboatError('last-key', { key: id, vault: store.location });
  await store.delete(`keys/${id}.${found.kind === 'clear' ? 'clear.json' : 'age'}`);
}

/** What a host that only backs up needs: it adds snapshots and reads none. The text is a secret. */
export function exportWriterKey(keys: VaultKeys): string {
  return `${encodeKeys(keys, 'writer')}\n`;
}

/** Opens the vault's keys with what a person brought. @throws LifeboatError key-missing | wrong-key | key-file-damaged | bad-identity */
export async function unlockKeys(store: Store, credentials: Credentials): Promise<VaultKeys> {
  identityLines(credentials.identities ?? []);
  if (credentials.writerKey) {
    const keys = await decodeKeys(credentials.writerKey);
    if (keys) return keys;
    throw new LifeboatError('key-file-damaged', { key: 'the writer key', vault: store.location });
  }
  let damaged: string | null = null;
  let seen = false;
  for await (const { name, file } of keyFiles(store, credentials)) {
    seen = true;
    const keys = await unwrapKeys(file, credentials);
    if (typeof keys !== 'string') return keys;
    if (keys === 'damaged') damaged ??= name;
  }
  if (damaged !== null || !seen) throw new LifeboatError('key-file-damaged', { key: damaged ?? 'keys/', vault: store.location });
  const given = credentials.passphrase || identityLines(credentials.identities ?? []).length > 0;
  throw new LifeboatError(given ? 'wrong-key' : 'key-missing', { vault: store.location });
}

async function* keyFiles(store: Store, credentials: Credentials): AsyncGenerator<{ name: string; file: Buffer }> {
  for await (const { path } of store.list('keys/')) {
    if (keyPath.test(path)) yield { name: path, file: await readKeyFile(store, path) };
  }
  for (const file of keyFilesOfKit(credentials.kit ?? '')) yield { name: 'the emergency kit', file };
}

/** Every key file's bytes, for the emergency kit. */
export async function readKeyFiles(store: Store): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for await (const { path } of store.list('keys/')) if (keyPath.test(path)) files.push(await readKeyFile(store, path));
  return files;
}

async function readKeyFile(store: Store, path: string): Promise<Buffer> {
  try {
    return await collect(store.get(path), keyFileLimit);
  } catch (cause) {
    // Too long to be one: empty counts as damaged wherever it is looked at.
    if (cause instanceof RangeError) return Buffer.alloc(0);
    throw cause;
  }
}

async function putKeyFile(store: Store, path: string, bytes: Buffer): Promise<void> {
  if ((await store.put(path, bytesBody(bytes))) === 'exists') throw new LifeboatError('internal', { reason: 'a random key id came twice' });
  const written = await collect(store.get(path), keyFileLimit);
  if (!written.equals(bytes))
    throw new LifeboatError('store-write-failed', { location: store.location, path, reason: 'it reads back differently' });
}
