import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** Unique in every release since 0.6.0 (uix_name_organization); the rule of 0.16.1, with projects, allows no more. */
export const toolName: Check = {
  code: 'tool-name',
  group: 'tools',
  severity: 'error',
  looksFor: 'Several tools of an organisation have the same name: uix_name_organization is missing, which forbids it.',
  effect:
    'Looking a tool up by its name fails (“Multiple rows were found”), and the server cannot write its base tools when it starts, as it relies on the constraint (letta/orm/sqlalchemy_base.py: read_async, letta/services/tool_manager.py; letta-server.md §2, §11 row 18).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'tools', 'id', 'name', 'organization_id')) return [];
    const found = await findRows(
      session,
      `select d.id, d.name from (select t.id, t.name, count(*) over (partition by t.organization_id, t.name) as same
                                   from ${qualified(home, null, 'tools')} t where t.organization_id is not null) d where d.same > 1`,
    );
    return findingOf(toolName, found, (rows) => ({
      where: 'tools.name',
      message: `${formatCountOf(found.count, 'tool')} that share a name with others of the organisation: ${someOf(rows, 'name')}`,
      why: 'A server fails where it looks one of them up by name, and where it relies on the constraint that is missing.',
      repair: 'Give all but one of each name another name (update tools set name = …), then add uix_name_organization again.',
    }));
  },
};
