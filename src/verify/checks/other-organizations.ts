import { defaultOrganization } from '../../letta/default-actor.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const otherOrganizations: Check = {
  code: 'other-organizations',
  group: 'tenants',
  severity: 'note',
  looksFor: 'Organisations other than the default one that have agents.',
  effect:
    'A request without the header user_id is made for the default user: a server that only serves others looks healthy and shows no agents (letta-server.md §0 fact 12, §11 row 34).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'organizations', 'id') || !has(context, 'agents', 'organization_id')) return [];
    const table = qualified(home, null, 'agents');
    const found = await findRows(
      session,
      `select o.id, a.agents::text as agents, (select count(*) from ${table} d where d.organization_id = $1)::text as of_default
         from ${qualified(home, null, 'organizations')} o
         join (select t.organization_id, count(*) as agents from ${table} t group by t.organization_id) a on a.organization_id = o.id
        where o.id <> $1`,
      { values: [defaultOrganization] },
    );
    return findingOf(otherOrganizations, found, (rows) => {
      const agents = rows.reduce((sum, row) => sum + Number(row.agents), 0);
      const none = rows[0]?.of_default === '0';
      return {
        where: 'organizations',
        message: `${formatCountOf(found.count, 'organisation')} besides the default one with ${found.count > rows.length ? 'more than ' : ''}${formatCountOf(agents, 'agent')}${none ? '; the default organisation has none' : ''}`,
        why: none
          ? 'A request without the header user_id shows no agents at all, although the server is healthy.'
          : 'A request without the header user_id shows the agents of the default organisation only.',
        repair: null,
      };
    });
  },
};
