import { type Reference, unguardedReferences } from '../../letta/references.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import { type Finding, idsShown } from '../finding.ts';

export const referenceDangling: Check = {
  code: 'reference-dangling',
  group: 'references',
  severity: 'warning',
  looksFor: 'An id in a column that no foreign key guards leads to no row (letta-server.md §2.2).',
  effect: 'It depends on the column; each finding says what.',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const reference of unguardedReferences) findings.push(...(await leadNowhere(context, reference)));
    return findings;
  },
};

const examplesShown = 5;

async function leadNowhere(context: CheckContext, reference: Reference): Promise<Finding[]> {
  const { session, home } = context;
  if (!has(context, reference.table, 'id', reference.column) || !has(context, reference.target, 'id')) return [];
  const rows = await session.query(
    `select holder, min(id collate "C") as id, sum(count(*)) over () as total, count(*) over () as holders
       from (${heldIds(home, reference)}) r where not exists (select from ${qualified(home, null, reference.target)} x where x.id = r.id)
      group by holder order by holder collate "C" limit ${idsShown}`,
  );
  if (rows.length === 0) return [];
  const examples = rows.slice(0, examplesShown).map(({ holder, id }) => `${holder} → ${id}`);
  return [
    {
      code: 'reference-dangling',
      severity: reference.severity,
      where: placeOf(reference),
      message: `${rows[0]?.total} reference(s) to ${reference.target} lead nowhere, e.g. ${examples.join(', ')}; ${reference.effect}`,
      ids: rows.map(({ holder }) => holder ?? ''),
      count: Number(rows[0]?.holders),
      why: reference.effect,
      repair: null,
      changes: [],
    },
  ];
}

/** A statement with a row per id that the column holds: `holder`, `id`. */
function heldIds(home: string, { table, column, holds, prefix }: Reference): string {
  const value = `t.${quoteIdent(column)}`;
  const from = `${qualified(home, null, table)} t`;
  const begins = prefix === undefined ? '' : ` and ${value} like ${quoteLiteral(`${prefix}%`)}`;
  if (holds === 'id') return `select t.id as holder, ${value} as id from ${from} where ${value} is not null${begins}`;
  if (holds === 'ids')
    return `select t.id as holder, e.id from ${from}, json_array_elements_text(case when json_typeof(${value}) = 'array' then ${value} else '[]'::json end) e(id)`;
  const at = holds.path.map((step) => quoteLiteral(step)).join(', ');
  return `select t.id as holder, json_extract_path_text(${value}, ${at}) as id from ${from} where json_extract_path_text(${value}, ${at}) is not null`;
}

function placeOf({ table, column, holds }: Reference): string {
  return [table, column, ...(typeof holds === 'string' ? [] : holds.path)].join('.');
}
