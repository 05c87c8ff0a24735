import { schemaHas } from '../../letta/catalogue.ts';
import { encryptedColumns } from '../../letta/secret-columns.ts';
import type { Warning } from '../../report/progress.ts';
import type { KeyTrial } from './refuse-wrong-key.ts';

/** What somebody should know of the key before a database of another release is built. Pure. */
export function keyNotes(trial: KeyTrial, from: string, to: string): Warning[] {
  if (trial === 'opens' || ![from, to].some(encrypts)) return [];
  const note = (code: string, message: string): Warning[] => [{ code, message, partial: false }];
  return trial === 'none given'
    ? note(
        'letta-key-not-given',
        'LETTA_ENCRYPTION_KEY is not set: secrets will be as a server without a key has them, and some may be lost. If the new server has a key, set it here and run this again',
      )
    : note(
        'letta-key-untried',
        'no secret of the snapshot is encrypted, so nothing tells whether the given LETTA_ENCRYPTION_KEY is right: it must be the very key that the new server gets',
      );
}

/** Whether a revision has columns for ciphertexts. */
const encrypts = (revision: string): boolean => encryptedColumns.some(({ table, column }) => schemaHas(revision, table, column));
