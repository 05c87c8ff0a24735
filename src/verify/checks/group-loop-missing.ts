import { isSince } from '../../letta/serving-release.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** 0.12.0 removed what their loops call (`load_agent`, `get_agent_by_id`), and 0.16.5 the routes that messages came by. */
export const groupLoopMissing: Check = {
  code: 'group-loop-missing',
  group: 'groups',
  severity: 'warning',
  looksFor: 'A group is of a type that this release cannot run: supervisor, dynamic and round_robin since 0.12.0, swarm ever.',
  effect:
    'A message to the group is answered with 500 up to 0.16.4 and with 405 since 0.16.5, which makes it a note (letta/groups/helpers.py: load_multi_agent, letta/server/rest_api/routers/v1/groups.py; letta-server.md §7.4, §11 row 35, seen at 0.16.2 and 0.16.8).',
  run: async (context) => {
    const { session, home, release } = context;
    if (release === null || !has(context, 'groups', 'id', 'manager_type')) return [];
    const types = ['swarm', ...(isSince(release, '0.12.0') ? ['supervisor', 'dynamic', 'round_robin'] : [])];
    const found = await findRows(
      session,
      `select g.id, g.manager_type from ${qualified(home, null, 'groups')} g where g.manager_type in (${types.map((type) => `'${type}'`).join(', ')})`,
    );
    const gone = isSince(release, '0.16.5');
    return findingOf(groupLoopMissing, found, (rows) => ({
      severity: gone ? 'note' : 'warning',
      where: 'groups.manager_type',
      message: `${formatCountOf(found.count, 'group')} of a type that Letta ${release} cannot run: ${someOf(rows, 'manager_type')}`,
      why: gone
        ? 'A server has no route for messages to groups (405): the rows stay, and their agents work on their own.'
        : 'A server answers messages to these groups with 500; their agents work on their own.',
      repair: 'Send messages to the agents themselves; or go back to a release up to 0.11.7, the last that runs such groups.',
    }));
  },
};
