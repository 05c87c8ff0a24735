import { type ForeignKeyModel, objectKey, qualified, quoteIdent, type TableModel } from '../../schema/model.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** A foreign key guards only what was written while it was enforced: loads with triggers off leave orphans behind. */
export const foreignKeyViolated: Check = {
  code: 'foreign-key-violated',
  group: 'references',
  severity: 'error',
  looksFor: 'Rows that a foreign key forbids: they were loaded while it was not enforced.',
  effect: 'What they refer to is missing, so the server loads them in part or not at all; a restore cannot create the constraint.',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const table of context.model.tables)
      for (const key of table.foreignKeys) findings.push(...(await violationsOf(context, table, key)));
    return findings;
  },
};

async function violationsOf({ session, home }: CheckContext, table: TableModel, key: ForeignKeyModel): Promise<Finding[]> {
  const filled = key.columns.map((column) => `t.${quoteIdent(column)} is not null`).join(' and ');
  const matched = key.columns
    .map((column, index) => `x.${quoteIdent(key.refColumns[index] ?? '')} = t.${quoteIdent(column)}`)
    .join(' and ');
  const found = await findRows(
    session,
    `select ${label(table.primaryKey?.columns ?? key.columns)} as id, ${label(key.columns)} as value
       from only ${qualified(home, table.schema, table.name)} t
      where ${filled} and not exists (select from ${qualified(home, key.refSchema, key.refTable)} x where ${matched})`,
  );
  const target = objectKey({ schema: key.refSchema, name: key.refTable });
  return findingOf(foreignKeyViolated, found, (rows) => ({
    where: `${objectKey(table)}.${key.columns.join(',')}`,
    message: `${found.count} row(s) violate ${key.name}: ${target} has no ${someOf(rows, 'value')}; a restore could not create the constraint`,
    why: `A server that loads them does not find what they refer to in ${target}.`,
    repair: `Put the missing rows of ${target} back from a snapshot; or, where they are gone for good, delete these rows or empty the column.`,
  }));
}

const label = (columns: readonly string[]): string => columns.map((column) => `t.${quoteIdent(column)}::text`).join(` || ',' || `);
