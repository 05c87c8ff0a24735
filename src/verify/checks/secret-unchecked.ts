import { readsLookalikesWithoutKey } from '../../letta/secret-rules.ts';
import { formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import { findingOf } from '../found-rows.ts';
import { asRows, secretValues } from '../secret-values.ts';

export const secretUnchecked: Check = {
  code: 'secret-unchecked',
  group: 'secrets',
  severity: 'note',
  looksFor: 'Ciphertexts while no LETTA_ENCRYPTION_KEY is given: whether a server can open them is not known.',
  effect:
    'A server without the key takes them for nothing up to 0.16.6, and since 0.16.7 sends the ciphertext itself to the provider as the key (letta/schemas/secret.py; letta-server.md §5.4).',
  run: async (context) => {
    const sends = context.revision !== null && readsLookalikesWithoutKey(context.revision);
    return (await secretValues(context)).flatMap(({ table, column, values }) => {
      const unchecked = values.filter((value) => value.class === 'unchecked');
      return findingOf(secretUnchecked, asRows(unchecked), () => ({
        where: `${table}.${column}`,
        message: `${formatCountOf(unchecked.length, 'ciphertext')} in ${table}.${column} not tried, since no LETTA_ENCRYPTION_KEY was given`,
        why: sends
          ? 'With another key the server fails on them; without one it sends the ciphertext itself to whom the secret is for.'
          : 'With another key the server fails on them; without one it finds no secrets there.',
        repair: 'Give LETTA_ENCRYPTION_KEY as the server has it, and check again.',
      }));
    });
  },
};
