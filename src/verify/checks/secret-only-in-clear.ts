import { encryptSecretAt } from '../../letta/secret.ts';
import { overlooksOlderColumn, secretReading, showsPlaceholder } from '../../letta/secret-rules.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified, quoteIdent } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import type { Check, CheckContext } from '../check.ts';
import { changesAllowed, type Finding } from '../finding.ts';
import { findingOf } from '../found-rows.ts';
import { asRows, type SecretColumn, secretValues } from '../secret-values.ts';

export const secretOnlyInClear: Check = {
  code: 'secret-only-in-clear',
  group: 'secrets',
  severity: 'error',
  looksFor: "A secret that is in the older column only, where the release reads `_enc`: no migration of Letta's fills it completely.",
  effect:
    'Tools get the text <encrypted>, providers and MCP servers no key; upgrades with more than 1,000 rows leave half of them so (letta-server.md §5.4, §11 rows 11, 12, 30).',
  run: async (context) => {
    const { revision } = context;
    if (revision === null || secretReading(revision) === 'plaintext') return [];
    const findings: Finding[] = [];
    for (const of of await secretValues(context)) {
      const { table, column, plaintext, values } = of;
      const overlooked = overlooksOlderColumn(revision, table);
      // Sandbox variables are read from both, in every release.
      if (table === 'sandbox_environment_variables') continue;
      const placeholder = showsPlaceholder(revision, table);
      const alone = values.filter(
        (value) => value.class === 'null' && (value.older || placeholder) && !(table === 'providers' && value.deleted),
      );
      const changes = overlooked && alone.length <= changesAllowed ? await encrypted(context, of, new Set(alone.map(({ id }) => id))) : [];
      findings.push(
        ...findingOf(secretOnlyInClear, asRows(alone), () => ({
          where: `${table}.${column}`,
          severity: overlooked ? 'error' : 'note',
          message: `${formatCountOf(alone.length, 'row')} of ${table} with nothing in ${column}${placeholder ? '' : `, the secret being in ${plaintext} only`}`,
          why: !overlooked
            ? `Letta ${context.release} reads ${plaintext} as well; since 0.16 servers do not.`
            : placeholder
              ? `Letta ${context.release} hands tools the text <encrypted> in place of these values.`
              : `Letta ${context.release} finds no secret there: requests that need it go out without.`,
          repair: context.encryptionKey
            ? `Encrypt ${plaintext} with the given LETTA_ENCRYPTION_KEY into ${column}.`
            : `Give LETTA_ENCRYPTION_KEY, with which ${plaintext} can be encrypted into ${column}; where the server has none: update ${table} set ${column} = ${of.json ? `${plaintext}::text` : plaintext} where ${column} is null;`,
          changes,
        })),
      );
    }
    return findings;
  },
};

/** The older column's values, encrypted. None without a key: in clear in `_enc`, some releases would take them for ciphertexts. */
async function encrypted(context: CheckContext, { table, column, plaintext }: SecretColumn, ids: ReadonlySet<string>): Promise<Change[]> {
  const key = context.encryptionKey;
  if (!key || ids.size === 0) return [];
  const rows = await context.session.query(
    `select t.id::text as id, t.${quoteIdent(column)} as enc, t.${quoteIdent(plaintext)}::text as plain
       from ${qualified(context.home, null, table)} t where t.id::text = any ($1::text[]) order by t.id::text collate "C"`,
    [`{${[...ids].map((id) => JSON.stringify(id)).join(',')}}`],
  );
  const changes: Change[] = [];
  for (const { id = '', enc = null, plain } of rows) {
    const sealed = await encryptSecretAt(`${table}.${column} ${id}`, plain ?? '', key);
    changes.push({ kind: 'update', table, key: { id }, was: { [column]: enc }, set: { [column]: sealed } });
  }
  return changes;
}
