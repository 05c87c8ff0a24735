import { sqlList } from '../../letta/json-sql.ts';
import { unfinishedWork } from '../../letta/unfinished.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified, quoteIdent } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const callbackPending: Check = {
  code: 'callback-pending',
  group: 'in-flight',
  severity: 'warning',
  looksFor: 'A run or job that has not ended and has a callback_url. The address, which may hold a secret, is not shown.',
  effect:
    'Whichever server ends it sends a POST to that address, also one that was only started to rehearse a restore (letta/services/run_manager.py; letta-server.md §0 fact 15).',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const { table, column, statuses } of unfinishedWork) {
      if (!has(context, table, 'id', column, 'callback_url', 'completed_at')) continue;
      const found = await findRows(
        context.session,
        `select t.id from ${qualified(context.home, null, table)} t
          where coalesce(t.callback_url, '') <> '' and t.completed_at is null and t.${quoteIdent(column)} in ${sqlList(statuses)}`,
      );
      findings.push(
        ...findingOf(callbackPending, found, () => ({
          where: `${table}.callback_url`,
          message: `${formatCountOf(found.count, `row of ${table} that has`, `rows of ${table} that have`)} not ended, with an address to call when ${found.count === 1 ? 'it does' : 'they do'}`,
          why: 'A server that ends or cancels one sends a POST there, as if it were the one that people work with.',
          repair: `On a copy, before a server runs on it: update ${table} set callback_url = null where completed_at is null;`,
        })),
      );
    }
    return findings;
  },
};
