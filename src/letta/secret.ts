import { createCipheriv, createDecipheriv, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Letta's own format (letta-server.md §5.2): base64 of salt(16) ‖ iv(12) ‖ ciphertext ‖ tag(16), AES-256-GCM, key by
 * PBKDF2-HMAC-SHA256 with 100 000 rounds from LETTA_ENCRYPTION_KEY as UTF-8. No prefix, no version, no key id.
 */
const saltBytes = 16;
const ivBytes = 12;
const tagBytes = 16;
const rounds = 100_000;

const derive = promisify(pbkdf2);

/**
 * `null`: nothing there · `decrypts`: with the given key · `undecryptable`: has the form of a ciphertext, but another
 * key made it · `plaintext`: stored in clear in an `_enc` column · `unchecked`: has the form, and no key was given.
 */
export type SecretClass = 'null' | 'decrypts' | 'undecryptable' | 'plaintext' | 'unchecked';

/** What a value of an `_enc` column is. The only proof of a key is the GCM tag, so this costs one PBKDF2 run. */
export async function classifySecret(value: string | null, key: string | null): Promise<SecretClass> {
  if (value === null || value === '') return 'null';
  if (sealedBytes(value) === null) return 'plaintext';
  if (key === null) return looksLikeApiKey(value) ? 'plaintext' : 'unchecked';
  if ((await decryptSecret(value, key)) !== null) return 'decrypts';
  return looksLikeApiKey(value) ? 'plaintext' : 'undecryptable';
}

/** The secret inside a value that Letta encrypted; null when this key does not open it or it is no ciphertext. */
export async function decryptSecret(value: string, key: string): Promise<string | null> {
  const sealed = sealedBytes(value);
  if (sealed === null) return null;
  const salt = sealed.subarray(0, saltBytes);
  const iv = sealed.subarray(saltBytes, saltBytes + ivBytes);
  const decipher = createDecipheriv('aes-256-gcm', await keyFor(key, salt), iv, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const opened = decipher.update(sealed.subarray(saltBytes + ivBytes, -tagBytes));
  try {
    decipher.final();
  } catch {
    return null; // the tag does not match: another key, or no ciphertext at all
  }
  return opened.toString('utf8');
}

/** Encrypts a secret so that a Letta server with this LETTA_ENCRYPTION_KEY reads it. Fresh salt and nonce every time. */
export function encryptSecret(secret: string, key: string): Promise<string> {
  return seal(secret, key, randomBytes(saltBytes), randomBytes(ivBytes));
}

/**
 * The same, with one answer for the same secret at the same place, so that a plan which holds the answer can be made twice and be the
 * same. Salt and nonce come from place and secret by a keyed hash, so that they differ wherever these do; its key is derived from
 * LETTA_ENCRYPTION_KEY as slowly as Letta's own, so that they tell no more about it than a ciphertext does.
 *
 * @param place where the secret is: table, column and row
 */
export async function encryptSecretAt(place: string, secret: string, key: string): Promise<string> {
  const hash = createHmac('sha256', await keyFor(key, Buffer.from('lifeboat: a secret at its place')))
    .update(JSON.stringify([place, secret]))
    .digest();
  return seal(secret, key, hash.subarray(0, saltBytes), hash.subarray(saltBytes, saltBytes + ivBytes));
}

async function seal(secret: string, key: string, salt: Buffer, iv: Buffer): Promise<string> {
  const cipher = createCipheriv('aes-256-gcm', await keyFor(key, salt), iv, { authTagLength: tagBytes });
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, body, cipher.getAuthTag()]).toString('base64');
}

function keyFor(key: string, salt: Buffer): Promise<Buffer> {
  return derive(Buffer.from(key, 'utf8'), salt, rounds, 32, 'sha256');
}

/** The bytes of a value that has the form of a ciphertext, else null. */
function sealedBytes(value: string): Buffer | null {
  if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return null;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length >= saltBytes + ivBytes + tagBytes ? bytes : null;
}

/** Known beginnings of API keys that are also valid base64; the others hold `-` or `_` and never get here. */
function looksLikeApiKey(value: string): boolean {
  return /^(AKIA|ASIA)[A-Z0-9]{16}/.test(value);
}
