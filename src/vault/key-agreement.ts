import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { decodeBech32 } from './bech32.ts';

// node:crypto takes raw Curve25519 keys only inside their (constant) DER wrapping.
const publicPrefix = { x25519: Buffer.from('302a300506032b656e032100', 'hex'), ed25519: Buffer.from('302a300506032b6570032100', 'hex') };
const privatePrefix = {
  x25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
};

export type Curve = keyof typeof publicPrefix;

/** A public key from its 32 raw bytes. */
export function publicKeyFromRaw(curve: Curve, raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix[curve], raw]), format: 'der', type: 'spki' });
}

/** A private key from its 32 raw bytes. */
export function privateKeyFromRaw(curve: Curve, raw: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privatePrefix[curve], raw]), format: 'der', type: 'pkcs8' });
}

/** The 32 raw bytes of a public key (of a private one: of its public half). */
export function rawPublicKey(key: KeyObject): Buffer {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' }).subarray(12);
}

/** `age1…` → X25519 public key. @throws RangeError when it is no native age recipient */
export function parseRecipient(text: string): KeyObject {
  return publicKeyFromRaw('x25519', decode(text, 'age'));
}

/** `AGE-SECRET-KEY-1…` → X25519 private key. @throws RangeError when it is no native age identity */
export function parseIdentity(text: string): KeyObject {
  return privateKeyFromRaw('x25519', decode(text, 'age-secret-key-'));
}

function decode(text: string, prefix: string): Buffer {
  const { prefix: found, bytes } = decodeBech32(text);
  if (found !== prefix || bytes.length !== 32) throw new RangeError('not an age X25519 key');
  return bytes;
}

/** SHA-256, for fingerprints. */
export function sha256(bytes: Buffer | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}
