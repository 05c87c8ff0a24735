import { fourAtATime, openSecret } from '../letta/open-secret.ts';
import type { SecretClass } from '../letta/secret.ts';
import { type EncryptedColumn, encryptedColumns, secretText } from '../letta/secret-columns.ts';
import { looksEncryptedToLetta } from '../letta/secret-rules.ts';
import { qualified, quoteIdent } from '../schema/model.ts';
import { type CheckContext, has } from './check.ts';
import { idsShown } from './finding.ts';
import type { FoundRows } from './found-rows.ts';

/** What one row holds in a pair of columns; never the secret itself. */
export interface SecretValue {
  id: string;
  class: SecretClass;
  /** The older column holds something. */
  older: boolean;
  /** Letta takes what `_enc` holds for one of its ciphertexts, whatever it is. */
  lookalike: boolean;
  /** Marked as deleted. */
  deleted: boolean;
}

export interface SecretColumn extends EncryptedColumn {
  /** The older column is JSON. */
  json: boolean;
  /** In the order of their ids. */
  values: readonly SecretValue[];
}

const known = new WeakMap<CheckContext, Promise<SecretColumn[]>>();

/**
 * Every pair of columns that the database has, and what its rows hold. Each ciphertext costs a run of PBKDF2 where a key is given, so it is
 * read once for all checks of a context, in which nothing changes. Four at a time.
 */
export function secretValues(context: CheckContext): Promise<SecretColumn[]> {
  const found = known.get(context) ?? readAll(context);
  known.set(context, found);
  return found;
}

async function readAll(context: CheckContext): Promise<SecretColumn[]> {
  const columns: SecretColumn[] = [];
  for (const pair of encryptedColumns) {
    const { table, column, plaintext } = pair;
    if (!has(context, table, 'id', column, plaintext)) continue;
    const json = typeOf(context, table, plaintext) === 'json';
    columns.push({ ...pair, json, values: await readColumn(context, pair, json) });
  }
  return columns;
}

async function readColumn(context: CheckContext, { table, column, plaintext }: EncryptedColumn, json: boolean): Promise<SecretValue[]> {
  const key = context.encryptionKey || null; // Letta takes an empty key for none
  const deleted = has(context, table, 'is_deleted') ? 'coalesce(t.is_deleted, false)' : 'false';
  const statement = `select t.id::text as id, t.${quoteIdent(column)} as enc, t.${quoteIdent(plaintext)}::text as plain, ${deleted} as deleted
     from ${qualified(context.home, null, table)} t where t.id::text > $1 collate "C" order by t.id::text collate "C" limit 1000`;
  const values: SecretValue[] = [];
  for (let last = ''; ; ) {
    const page = await context.session.query(statement, [last]);
    if (page.length === 0) return values;
    last = page.at(-1)?.id ?? '';
    const read: SecretValue[] = page.map((row) => ({
      id: row.id ?? '',
      class: 'null',
      older: secretText(row.plain, json) !== null,
      lookalike: row.enc != null && looksEncryptedToLetta(row.enc),
      deleted: row.deleted === 't',
    }));
    await fourAtATime([...page.entries()], async ([at, row]) => {
      const value = read[at];
      if (value) value.class = (await openSecret(row.enc ?? null, key)).class;
    });
    values.push(...read);
  }
}

/** Values as rows that a finding is made of. */
export function asRows(values: readonly SecretValue[]): FoundRows {
  return { rows: values.slice(0, idsShown).map(({ id }) => ({ id })), count: values.length };
}

function typeOf({ model }: CheckContext, table: string, column: string): string | undefined {
  return model.tables.find(({ schema, name }) => schema === null && name === table)?.columns.find(({ name }) => name === column)?.type;
}
