import { truthOfSecrets } from '../../letta/secret-rules.ts';
import { formatCount, formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import { findingOf } from '../found-rows.ts';
import { asRows, secretValues } from '../secret-values.ts';

export const secretUnreadable: Check = {
  code: 'secret-unreadable',
  group: 'secrets',
  severity: 'error',
  looksFor: 'A ciphertext that the given LETTA_ENCRYPTION_KEY does not open: another key made it, or it is damaged.',
  effect:
    'The server raises "Failed to decrypt data" (400): an agent with such a variable cannot be loaded, nor can a list that it is in (letta-server.md §5.4).',
  run: async (context) => {
    const columns = await secretValues(context);
    const all = columns.flatMap(({ values }) => values);
    const opened = all.filter((value) => value.class === 'decrypts').length;
    const { release, revision } = context;
    return columns.flatMap(({ table, column, values }) => {
      const unreadable = values.filter((value) => value.class === 'undecryptable' && !(table === 'providers' && value.deleted));
      const read = revision === null || truthOfSecrets(revision, table) === 'encrypted';
      return findingOf(secretUnreadable, asRows(unreadable), () => ({
        where: `${table}.${column}`,
        severity: read ? 'error' : 'warning',
        message: `${formatCountOf(unreadable.length, 'value')} of ${table}.${column} not opened by the given LETTA_ENCRYPTION_KEY, which ${opened === 0 ? 'opens no ciphertext in this database' : `opens ${formatCount(opened)} others`}`,
        why: !read
          ? `Letta ${release} does not read this column, but later releases do.`
          : table === 'agent_environment_variables'
            ? `Letta ${release ?? ''} answers 400 for the agents that have these variables, and for lists of agents.`
            : 'The server answers 400 to every request that needs one of them.',
        repair:
          opened === 0
            ? 'Give the LETTA_ENCRYPTION_KEY of the server that wrote them: this does not seem to be it.'
            : 'Give the server the key that made them; where that is lost, set these secrets anew through the API.',
      }));
    });
  },
};
