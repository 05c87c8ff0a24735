import { defaultOrganization } from '../../letta/default-actor.ts';
import { formatCount, formatCountOf } from '../../report/format.ts';
import { qualified, quoteLiteral } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const otherOrganizations: Check = {
  code: 'other-organizations',
  group: 'tenants',
  severity: 'note',
  looksFor: 'Organisations other than the default one that rows belong to, and how many rows of each table.',
  effect:
    'A request without the header user_id is made for the default user: a server that only serves others looks healthy and shows no agents (letta-server.md §0 fact 12, §11 row 34).',
  run: async (context) => {
    const { session, home } = context;
    const counts = rowCounts(context);
    if (!has(context, 'organizations', 'id') || counts === '') return [];
    const inDefault = has(context, 'agents', 'organization_id')
      ? `exists (select from ${qualified(home, null, 'agents')} a where a.organization_id = $1)`
      : 'null';
    const found = await findRows(
      session,
      `with counted as materialized (
         select c.* from (${counts}) c join ${qualified(home, null, 'organizations')} o on o.id = c.organization)
       select c.organization as id, ${inDefault} as agents_in_default,
              (select json_object_agg(t.name, t.rows) from (select name, sum(rows) as rows from counted group by name) t) as of_tables
         from (select distinct organization from counted) c`,
      { values: [defaultOrganization] },
    );
    return findingOf(otherOrganizations, found, (rows) => {
      const ofTables = Object.entries(JSON.parse(rows[0]?.of_tables ?? '{}') as Record<string, number>).sort();
      const all = ofTables.some(([table]) => table === 'agents') && rows[0]?.agents_in_default === 'f';
      const told = ofTables.map(([table, count]) => `${table} ${formatCount(count)}`).join(', ');
      return {
        where: 'organizations',
        message: `Rows of ${formatCountOf(found.count, 'organisation')} besides the default one: ${told}${all ? '; the default organisation has no agents' : ''}`,
        why: all
          ? 'A request without the header user_id shows no agents at all, although the server is healthy.'
          : 'A request without the header user_id shows what is the default organisation’s only.',
        repair: null,
      };
    });
  },
};

/** A statement with a row per table and organisation other than the default one ($1), each table read once; empty: no table has organisations. */
function rowCounts({ model, home }: CheckContext): string {
  return model.tables
    .filter(({ schema, columns }) => schema === null && columns.some(({ name }) => name === 'organization_id'))
    .map(
      ({ name }) =>
        `select ${quoteLiteral(name)} as name, t.organization_id::text as organization, count(*) as rows
           from ${qualified(home, null, name)} t where t.organization_id::text <> $1 group by t.organization_id`,
    )
    .join(' union all ');
}
