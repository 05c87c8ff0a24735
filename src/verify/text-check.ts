import { isRead } from '../letta/accepted-values.ts';
import { refusedText, type TextColumn } from '../letta/refused/text-columns.ts';
import { formatCountOf } from '../report/format.ts';
import { qualified, quoteIdent } from '../schema/model.ts';
import { type Check, has } from './check.ts';
import type { Finding } from './finding.ts';
import { findingOf, findRows, someOf } from './found-rows.ts';

/**
 * A check for texts in columns that the server reads as an enum. Nothing is found at a release whose models nobody has read: `shapes-unread` says so.
 */
export function textCheck({
  columns,
  why,
  repair,
  ...check
}: Omit<Check, 'run'> & { columns: readonly TextColumn[]; why: (release: string, column: TextColumn) => string; repair: string }): Check {
  return {
    ...check,
    run: async (context) => {
      const { release } = context;
      if (release === null || !isRead(release)) return [];
      const findings: Finding[] = [];
      for (const each of columns) {
        const { table, column, place } = each;
        // Up to 0.11.6 steps.stop_reason is an enum of PostgreSQL.
        const value = `t.${quoteIdent(column)}::text`;
        const refused = refusedText(value, place, release);
        if (refused === null || !has(context, table, 'id', column)) continue;
        const found = await findRows(
          context.session,
          `select t.id::text as id, left(${value}, 60) as value from ${qualified(context.home, null, table)} t where ${refused}`,
        );
        findings.push(
          ...findingOf(check, found, (rows) => ({
            where: `${table}.${column}`,
            message: `${formatCountOf(found.count, 'row')} of ${table} with ${column} that Letta ${release} does not know: ${someOf(rows, 'value')}`,
            why: why(release, each),
            repair,
          })),
        );
      }
      return findings;
    },
  };
}
