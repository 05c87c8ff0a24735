import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import * as v from 'valibot';
import { canonicalJson } from './canonical-json.ts';
import { parseIdentity, privateKeyFromRaw, rawPublicKey } from './key-agreement.ts';

/** Everything that opens a vault. `identity` is null on a writer, which adds snapshots and reads none, and in a vault that is not sealed. */
export interface VaultKeys {
  vaultId: string;
  sealed: boolean;
  role: 'owner' | 'writer';
  /** AGE-SECRET-KEY-1… */
  identity: string | null;
  /** age1… */
  recipient: string | null;
  nameKey: Buffer;
  cutSeed: Buffer;
  /** Ed25519 seed, 32 bytes. */
  signKey: Buffer;
  /** Ed25519 public key, 32 bytes. */
  verifyKey: Buffer;
}

const bytes32 = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9+/]{43}=$/),
  v.transform((text) => Buffer.from(text, 'base64')),
);

const keysSchema = v.strictObject({
  format: v.literal(1),
  type: v.picklist(['lifeboat owner keys', 'lifeboat writer keys']),
  vaultId: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  sealed: v.boolean(),
  identity: v.nullable(v.pipe(v.string(), v.maxLength(100))),
  recipient: v.nullable(v.pipe(v.string(), v.maxLength(100))),
  nameKey: bytes32,
  cutSeed: bytes32,
  signKey: bytes32,
  verifyKey: bytes32,
});

/** New keys for a new vault; name key and cut seed may come from another vault, so that copies deduplicate. */
export async function generateKeys(sealed: boolean, like?: Pick<VaultKeys, 'nameKey' | 'cutSeed'>): Promise<VaultKeys> {
  const signPair = generateKeyPairSync('ed25519');
  const identity = sealed ? await generateX25519Identity() : null;
  return {
    vaultId: randomBytes(16).toString('hex'),
    sealed,
    role: 'owner',
    identity,
    recipient: identity === null ? null : await identityToRecipient(identity),
    nameKey: like?.nameKey ?? randomBytes(32),
    cutSeed: like?.cutSeed ?? randomBytes(32),
    signKey: signPair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32),
    verifyKey: rawPublicKey(signPair.publicKey),
  };
}

/** What keys/<id>.age holds, before wrapping. As a writer: without the identity. */
export function encodeKeys(keys: VaultKeys, role: VaultKeys['role'] = keys.role): string {
  return canonicalJson({
    format: 1,
    type: `lifeboat ${role} keys`,
    vaultId: keys.vaultId,
    sealed: keys.sealed,
    identity: role === 'writer' ? null : keys.identity,
    recipient: keys.recipient,
    nameKey: keys.nameKey.toString('base64'),
    cutSeed: keys.cutSeed.toString('base64'),
    signKey: keys.signKey.toString('base64'),
    verifyKey: keys.verifyKey.toString('base64'),
  });
}

/** Null unless the text holds keys that belong together. Nothing of it goes into a message. */
export async function decodeKeys(text: string): Promise<VaultKeys | null> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const result = v.safeParse(keysSchema, value);
  if (!result.success) return null;
  const { format: _, type, ...rest } = result.output;
  const keys: VaultKeys = { ...rest, role: type === 'lifeboat owner keys' ? 'owner' : 'writer' };
  return (await belongTogether(keys)) ? keys : null;
}

async function belongTogether(keys: VaultKeys): Promise<boolean> {
  if (!rawPublicKey(privateKeyFromRaw('ed25519', keys.signKey)).equals(keys.verifyKey)) return false;
  if ((keys.recipient === null) === keys.sealed) return false;
  if ((keys.identity !== null) !== (keys.sealed && keys.role === 'owner')) return false;
  if (keys.identity === null) return true;
  try {
    parseIdentity(keys.identity);
    return (await identityToRecipient(keys.identity)) === keys.recipient;
  } catch {
    return false;
  }
}
