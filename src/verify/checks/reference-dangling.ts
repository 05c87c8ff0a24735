import { readable, readableElements } from '../../letta/json-sql.ts';
import { type Reference, unguardedReferences } from '../../letta/references.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const referenceDangling: Check = {
  code: 'reference-dangling',
  group: 'references',
  severity: 'warning',
  looksFor:
    'An id in a column that no foreign key guards leads to no row (letta-server.md §2.2). Each such column is a finding of its own.',
  effect:
    'It depends on the column; each finding says what. Those that lead to what is usually deleted in time (steps of an agent that is gone) are notes.',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const reference of unguardedReferences) findings.push(...(await leadNowhere(context, reference)));
    return findings;
  },
};

const examplesShown = 3;

async function leadNowhere(context: CheckContext, reference: Reference): Promise<Finding[]> {
  const { session, home } = context;
  const { table, column, target, targetColumn = 'id', severity, effect } = reference;
  if (!has(context, table, 'id', column) || !has(context, target, targetColumn)) return [];
  const found = await findRows(
    session,
    `select r.id, min(r.leads) as leads, sum(count(*)) over () as total from (${heldIds(home, reference)}) r
      where not exists (select from ${qualified(home, null, target)} x where x.${quoteIdent(targetColumn)} = r.leads) group by r.id`,
  );
  return findingOf(referenceDangling, found, (rows) => ({
    severity,
    where: placeOf(reference),
    message: `${rows[0]?.total} reference(s) to ${target} lead nowhere, e.g. ${rows
      .slice(0, examplesShown)
      .map(({ id, leads }) => `${id} → ${leads}`)
      .join(', ')}; ${effect}`,
    why: `What a server makes of it: ${effect}.`,
    repair: severity === 'note' ? null : `Put the missing rows of ${target} back from a snapshot, or empty the column.`,
  }));
}

/** A statement with a row per id that the column holds: `id` (the holder's) and `leads`. */
function heldIds(home: string, { table, column, holds, prefix, unless }: Reference): string {
  const value = `t.${quoteIdent(column)}`;
  const from = `${qualified(home, null, table)} t`;
  const begins = prefix === undefined ? '' : ` and ${value} like ${quoteLiteral(`${prefix}%`)}`;
  if (holds === 'id') return `select t.id, ${value} as leads from ${from} where ${value} is not null${begins}`;
  if (holds === 'ids') return `select t.id, e.item #>> '{}' as leads from ${from} cross join ${readableElements(value, 'e')}`;
  const steps = (path: readonly string[]) => `${readable(value)}, ${path.map((step) => quoteLiteral(step)).join(', ')}`;
  const at = `json_extract_path_text(${steps(holds.path)})`;
  const alone = unless === undefined ? '' : ` and json_extract_path(${steps(unless)}) is null`;
  return `select t.id, ${at} as leads from ${from} where ${at} is not null${alone}`;
}

function placeOf({ table, column, holds }: Reference): string {
  return [table, column, ...(typeof holds === 'string' ? [] : holds.path)].join('.');
}
