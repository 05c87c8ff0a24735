import { Decrypter, Encrypter } from 'age-encryption';
import { LifeboatError } from '../report/errors.ts';
import { AgeFailure } from './age-failure.ts';
import { parseHeader } from './age-header.ts';
import { decodeKeys, encodeKeys, type VaultKeys } from './vault-keys.ts';

/** Largest key file that is read, in bytes. */
export const keyFileLimit = 64 * 1024;

/** What a key file can be opened with. */
export type KeyKind = 'passphrase' | 'recipient' | 'clear';

/** How keys are wrapped: one passphrase, or one or more age recipients of which each opens. */
export type Wrapping = { passphrase: string; scryptLogN?: number } | { recipients: readonly string[] };

/** What a person brings to open a vault. Every member is secret; none ever goes into a message. */
export interface Credentials {
  passphrase?: string;
  /** `AGE-SECRET-KEY-…`, or the text of an age identity file. */
  identities?: readonly string[];
  /** The text that `key export --writer` gave. */
  writerKey?: string;
  /** The text of an emergency kit, for a vault whose keys/ is gone. */
  kit?: string;
}

const strongest = 18;

/** log2 of scrypt's work: 18, or less where tests say so (never below 10). */
export function scryptLogN(environment: NodeJS.ProcessEnv = process.env): number {
  const asked = Number(environment.LIFEBOAT_SCRYPT_LOG_N ?? strongest);
  return Number.isInteger(asked) ? Math.min(strongest, Math.max(10, asked)) : strongest;
}

/** Wraps keys as an age file. @throws LifeboatError bad-recipient | key-missing */
export async function wrapKeys(keys: VaultKeys, wrapping: Wrapping): Promise<Buffer> {
  const encrypter = new Encrypter();
  if ('passphrase' in wrapping) {
    if (wrapping.passphrase === '') throw new LifeboatError('key-missing', { vault: 'the vault' });
    encrypter.setPassphrase(wrapping.passphrase);
    encrypter.setScryptWorkFactor(wrapping.scryptLogN ?? scryptLogN());
  } else {
    if (wrapping.recipients.length === 0) throw new LifeboatError('key-missing', { vault: 'the vault' });
    for (const recipient of wrapping.recipients) addRecipient(encrypter, recipient);
  }
  return Buffer.from(await encrypter.encrypt(`${encodeKeys(keys)}\n`));
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    // Somebody may have given the secret half by mistake: it must not come back in a message.
    throw new LifeboatError('bad-recipient', { recipient: recipient.startsWith('age1') ? recipient.slice(0, 80) : '(not an age1… text)' });
  }
}

/** `damaged`: no age file, or one whose content is not keys; `no match`: sound as far as can be seen, but not for these credentials. */
export type Unwrapped = VaultKeys | 'no match' | 'damaged';

/** Opens one key file. Costs a scrypt when it is for a passphrase and one is given. */
export async function unwrapKeys(file: Buffer, credentials: Credentials): Promise<Unwrapped> {
  const kind = keyKindOf(file);
  if (kind === null) return 'damaged';
  if (kind === 'clear') {
    const keys = await decodeKeys(file.toString('utf8'));
    return keys === null || keys.sealed ? 'damaged' : keys;
  }
  const decrypter = new Decrypter();
  if (kind === 'passphrase') {
    if (!credentials.passphrase) return 'no match';
    decrypter.addPassphrase(credentials.passphrase);
  } else {
    const identities = identityLines(credentials.identities ?? []);
    if (identities.length === 0) return 'no match';
    for (const identity of identities) decrypter.addIdentity(identity);
  }
  try {
    return (await decodeKeys(await decrypter.decrypt(file, 'text'))) ?? 'damaged';
  } catch (cause) {
    return cause instanceof Error && cause.message.startsWith('no identity matched') ? 'no match' : 'damaged';
  }
}

/** What opens this key file, from its header; null when it is damaged. */
export function keyKindOf(file: Buffer): KeyKind | null {
  if (file.subarray(0, 1).toString() === '{') return 'clear';
  try {
    const header = parseHeader(file);
    if (header === null) return null;
    return header.stanzas[0]?.args[0] === 'scrypt' ? 'passphrase' : 'recipient';
  } catch (cause) {
    if (cause instanceof AgeFailure) return null;
    throw cause;
  }
}

/** The identities in texts that are each one, or an identity file (comments and empty lines allowed). @throws LifeboatError bad-identity */
export function identityLines(texts: readonly string[]): string[] {
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  for (const identity of identities) {
    try {
      new Decrypter().addIdentity(identity);
    } catch {
      throw new LifeboatError('bad-identity', {});
    }
  }
  return identities;
}
