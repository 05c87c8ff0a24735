import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const organizationWithoutUser: Check = {
  code: 'organization-without-user',
  group: 'tenants',
  severity: 'warning',
  looksFor: 'An organisation that has agents and no user.',
  effect:
    'Requests are made by users: an unknown user_id silently becomes the default user, so nobody reaches the agents (letta/services/user_manager.py; letta-server.md §0 fact 12).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'organizations', 'id') || !has(context, 'agents', 'organization_id') || !has(context, 'users', 'organization_id'))
      return [];
    const deleted = has(context, 'users', 'is_deleted') ? 'and not coalesce(u.is_deleted, false)' : '';
    const found = await findRows(
      session,
      `select o.id from ${qualified(home, null, 'organizations')} o
        where exists (select from ${qualified(home, null, 'agents')} a where a.organization_id = o.id)
          and not exists (select from ${qualified(home, null, 'users')} u where u.organization_id = o.id ${deleted})`,
    );
    return findingOf(organizationWithoutUser, found, () => ({
      where: 'organizations',
      message: `${formatCountOf(found.count, 'organisation')} with agents, but without a user`,
      why: 'No request can be made for such an organisation: its agents are there, and nobody reaches them.',
      repair: "insert into users (id, name, organization_id, is_deleted) values ('user-<uuid4>', …, <organisation>, false);",
    }));
  },
};
