import { openSecret } from '../../letta/open-secret.ts';
import type { Built } from '../built.ts';
import { secretColumnsOf, secretRows } from './secret-columns.ts';

/**
 * Tries a key on a few ciphertexts of each column, before anything is altered: a key that opens none of them is not the
 * server's key, whatever it was given for. All values are tried only when they are carried.
 */
export async function tryKey(
  built: Built,
  key: string,
  encryptedIn: (table: string) => string | null,
): Promise<{ decrypts: number; undecryptable: number }> {
  const found = { decrypts: 0, undecryptable: 0 };
  for (const of of await secretColumnsOf(built, encryptedIn)) {
    let tried = 0;
    for await (const rows of secretRows(built, of)) {
      for (const { enc } of rows) {
        if (tried === 3) break;
        const opened = await openSecret(enc, key);
        if (opened.class !== 'decrypts' && opened.class !== 'undecryptable') continue;
        found[opened.class]++;
        tried++;
      }
      if (tried === 3) break;
    }
  }
  return found;
}
