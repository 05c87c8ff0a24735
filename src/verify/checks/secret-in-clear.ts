import { secretReading } from '../../letta/secret-rules.ts';
import { formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf } from '../found-rows.ts';
import { asRows, secretValues } from '../secret-values.ts';

export const secretInClear: Check = {
  code: 'secret-in-clear',
  group: 'secrets',
  severity: 'note',
  looksFor:
    'Secrets that anybody can read who has a dump: in clear in an `_enc` column, or left behind in the older column since 0.16, which no longer writes it.',
  effect: 'Servers write them so without a key, and never clean up after an upgrade (letta-server.md §5.1, §5.4).',
  run: async (context) => {
    const { revision } = context;
    const findings: Finding[] = [];
    for (const { table, column, plaintext, values } of await secretValues(context)) {
      const inEnc = values.filter((value) => value.class === 'plaintext');
      const leftBehind = revision !== null && secretReading(revision) === 'encrypted' ? values.filter(({ older }) => older) : [];
      const why =
        'The server works with them; a dump of this database, or a look into it, shows them. In a snapshot they are sealed like all else.';
      findings.push(
        ...findingOf(secretInClear, asRows(inEnc), () => ({
          where: `${table}.${column}`,
          message: `${formatCountOf(inEnc.length, 'secret')} in clear in ${table}.${column}`,
          why,
          repair: 'Set them anew through the API of a server that has a LETTA_ENCRYPTION_KEY, which encrypts them.',
        })),
        ...findingOf(secretInClear, asRows(leftBehind), () => ({
          where: `${table}.${plaintext}`,
          message: `${formatCountOf(leftBehind.length, 'secret')} in clear in ${table}.${plaintext}, which this release does not write`,
          why,
          repair: `Once ${column} holds them, and no older server is to read this database again: update ${table} set ${plaintext} = ${plaintext === 'value' ? `''` : 'null'} where ${column} is not null;`,
        })),
      );
    }
    return findings;
  },
};
