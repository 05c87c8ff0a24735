import { readsLookalikesWithoutKey } from '../../letta/secret-rules.ts';
import { formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import { findingOf } from '../found-rows.ts';
import { asRows, secretValues } from '../secret-values.ts';

export const secretLookalike: Check = {
  code: 'secret-lookalike',
  group: 'secrets',
  severity: 'error',
  looksFor: 'A secret that is in an `_enc` column in clear, and that Letta takes for a ciphertext: long, and decodable as base64.',
  effect:
    'With a key the server fails to decrypt it (400); without one it finds nothing there up to 0.16.6 (CryptoUtils.is_encrypted; letta-server.md §5.3, §5.4).',
  run: async (context) => {
    const { revision } = context;
    const harmless = !context.encryptionKey && revision !== null && readsLookalikesWithoutKey(revision);
    if (harmless) return [];
    return (await secretValues(context)).flatMap(({ table, column, values }) => {
      const taken = values.filter((value) => value.class === 'plaintext' && value.lookalike && !(table === 'providers' && value.deleted));
      return findingOf(secretLookalike, asRows(taken), () => ({
        where: `${table}.${column}`,
        message: `${formatCountOf(taken.length, 'value')} of ${table}.${column} in clear that Letta takes for ${taken.length === 1 ? 'a ciphertext' : 'ciphertexts'}`,
        why: context.encryptionKey
          ? 'The server tries to decrypt them, fails, and answers 400 to every request that needs one of them.'
          : 'The server takes them for ciphertexts that it has no key for, and finds no secrets there.',
        repair: 'Set these secrets anew through the API of a server that has a LETTA_ENCRYPTION_KEY, which encrypts them.',
      }));
    });
  },
};
