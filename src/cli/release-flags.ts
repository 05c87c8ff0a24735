import { findTargetRevision, type TargetRevision } from '../letta/find-revision.ts';
import { LifeboatError } from '../report/errors.ts';
import type { SecretKeys } from '../upgrade/secrets/secret-keys.ts';
import { readTextFile } from './read-text-file.ts';
import { usageError } from './usage-error.ts';

/** What `restore --release` and `upgrade` share. */
export interface ReleaseFlags {
  release?: string;
  acceptLosses?: string;
  rekeyFromFile?: string;
  rekeyToFile?: string;
  report?: string;
}

/** @throws LifeboatError release-unknown */
export function releaseOf(text: string): TargetRevision {
  const found = findTargetRevision(text);
  if (found === null) throw new LifeboatError('release-unknown', { release: text });
  return found;
}

/**
 * The keys of Letta's secrets: from LETTA_ENCRYPTION_KEY, as the server has it, and from files for an exchange. A key is
 * never a flag's value, which other users could see.
 */
export async function secretKeys(flags: ReleaseFlags, environment: NodeJS.ProcessEnv): Promise<SecretKeys> {
  const encryptionKey = environment.LETTA_ENCRYPTION_KEY || null;
  if (flags.rekeyToFile === undefined) {
    if (flags.rekeyFromFile !== undefined)
      throw usageError('--rekey-from-file says what the old key is, but not the new one.', 'Give --rekey-to-file FILE too.');
    return { encryptionKey, rekeyTo: null };
  }
  const to = await keyIn(flags.rekeyToFile, 'the new LETTA_ENCRYPTION_KEY');
  const from = flags.rekeyFromFile === undefined ? encryptionKey : await keyIn(flags.rekeyFromFile, 'the old LETTA_ENCRYPTION_KEY');
  return { encryptionKey: from, rekeyTo: to };
}

async function keyIn(file: string, purpose: string): Promise<string> {
  const key = (await readTextFile(file, purpose)).replace(/\r?\n$/, '');
  if (key === '') throw usageError(`${file} is empty: ${purpose} cannot be read from it.`, 'Put the key into the file, on one line.');
  return key;
}
