import { sqlList } from '../../letta/json-sql.ts';
import { type UnfinishedWork, unfinishedWork } from '../../letta/unfinished.ts';
import { formatCount, formatCountOf, formatTime } from '../../report/format.ts';
import { qualified, quoteIdent } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

/** Younger work may be under way: an answer seldom takes longer. */
const underWaySeconds = 3600;

export const workUnfinished: Check = {
  code: 'work-unfinished',
  group: 'in-flight',
  severity: 'warning',
  looksFor:
    'Runs, jobs, steps and batches that have not ended; a note where all of them are younger than an hour, when they may be under way.',
  effect: 'No start of a server looks for them, and nothing ends them (letta-server.md §0 fact 14, §7.2).',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const work of unfinishedWork) findings.push(...(await unfinishedIn(context, work)));
    return findings;
  },
};

async function unfinishedIn(context: CheckContext, { table, column, statuses, effect }: UnfinishedWork): Promise<Finding[]> {
  if (!has(context, table, 'id', column, 'created_at')) return [];
  const status = `t.${quoteIdent(column)}::text`;
  const deleted = has(context, table, 'is_deleted') ? 'and not coalesce(t.is_deleted, false)' : '';
  const from = `${qualified(context.home, null, table)} t where ${status} in ${sqlList(statuses)} ${deleted}`;
  const found = await findRows(context.session, `select t.id::text as id from ${from}`);
  if (found.count === 0) return [];
  const groups = await context.session.query(
    `select ${status} as status, count(*) as rows, min(t.created_at at time zone 'UTC')::text || 'Z' as oldest,
            count(*) filter (where coalesce(t.created_at, '-infinity') < $1::timestamptz - make_interval(secs => ${underWaySeconds})) as old
       from ${from} group by 1 order by 1`,
    [context.now.toISOString()],
  );
  const old = groups.reduce((sum, group) => sum + Number(group.old), 0);
  const oldest = groups.flatMap((group) => group.oldest ?? []).sort()[0];
  const each = groups.map((group) => `${formatCount(Number(group.rows))} ${group.status?.toLowerCase()}`).join(', ');
  return findingOf(workUnfinished, found, () => ({
    where: `${table}.${column}`,
    severity: old === 0 ? 'note' : 'warning',
    message: `${formatCountOf(found.count, `row of ${table} has`, `rows of ${table} have`)} not ended: ${each}; ${formatCount(old)} older than an hour${oldest === undefined ? '' : `, the oldest from ${formatTime(oldest.replace(' ', 'T'))}`}`,
    why: old === 0 ? 'They may be under way. If nobody goes on with them, no server ends them.' : effect,
    repair: `While no server runs on it: ${statementFor(table, column)} Ended so, they call nobody; ended by a server, they call their callback_url.`,
  }));
}

/** SQL that ends them as failed. */
function statementFor(table: string, column: string): string {
  const failed = table === 'steps' ? `'FAILED'` : `'failed'`;
  const completed = table === 'runs' || table === 'jobs' ? ', completed_at = now()' : '';
  const reason = table === 'runs' ? `, stop_reason = 'error'` : '';
  return `update ${table} set ${column} = ${failed}${reason}${completed} where id = …;`;
}
