import { readableElements } from '../../letta/json-sql.ts';
import type { TextRow } from '../../postgres/database.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

/** Members that do not exist are `reference-dangling` and `foreign-key-violated`, and a list that is none is `json-kind-refused`. */
export const groupMembers: Check = {
  code: 'group-members',
  group: 'groups',
  severity: 'warning',
  looksFor: 'A group’s list of members (groups.agent_ids) and its rows in groups_agents name different agents; the order does not matter.',
  effect:
    'Turns go to the agents in the list; which groups an agent is in, and what goes with it when it is deleted, is read from groups_agents (letta/groups/sleeptime_multi_agent_v4.py, letta/services/agent_manager.py: delete_agent_async; letta-server.md §12.1 no. 5).',
  run: async (context) => {
    if (!has(context, 'groups', 'id', 'agent_ids') || !has(context, 'groups_agents', 'group_id', 'agent_id')) return [];
    return [...(await withoutRow(context)), ...(await outsideList(context))];
  },
};

/** One row per group: `id`, and `members` with spaces between. */
function differing(home: string, members: string, where: string): string {
  return `select m.id, string_agg(distinct m.agent, ' ' order by m.agent) as members from (${members}) m
           where exists (select from ${qualified(home, null, 'agents')} a where a.id = m.agent) and ${where} group by m.id`;
}

const listed = (home: string): string =>
  `select g.id, e.item #>> '{}' as agent from ${qualified(home, null, 'groups')} g cross join ${readableElements('g.agent_ids', 'e')}`;
const linked = (home: string): string => `select l.group_id as id, l.agent_id as agent from ${qualified(home, null, 'groups_agents')} l`;

async function withoutRow({ session, home }: CheckContext): Promise<Finding[]> {
  const missing = differing(home, listed(home), `not exists (select from (${linked(home)}) o where o.id = m.id and o.agent = m.agent)`);
  const found = await findRows(session, missing, { toChange: true });
  return findingOf(groupMembers, found, (rows) => ({
    where: 'groups_agents',
    message: `${formatCountOf(found.count, 'group')} with members that have no row in groups_agents: ${rows.slice(0, 3).map(pairs).join('; ')}`,
    why: 'A server runs these members, but does not list the group among theirs; it leaves the group behind when such a sleeptime agent is deleted.',
    repair: 'Add the missing rows to groups_agents.',
    changes: rows.flatMap(({ id, members }) =>
      membersOf(members).map(
        (agent): Change => ({ kind: 'insert', table: 'groups_agents', row: { group_id: id ?? null, agent_id: agent } }),
      ),
    ),
  }));
}

/** Nobody can tell whether such an agent was added or was to be taken out. */
async function outsideList({ session, home }: CheckContext): Promise<Finding[]> {
  const extra = differing(
    home,
    linked(home),
    `exists (select from ${qualified(home, null, 'groups')} g where g.id = m.id and json_typeof(g.agent_ids) = 'array')
     and not exists (select from (${listed(home)}) o where o.id = m.id and o.agent = m.agent)`,
  );
  const found = await findRows(session, extra);
  return findingOf(groupMembers, found, (rows) => ({
    where: 'groups.agent_ids',
    message: `${formatCountOf(found.count, 'group')} with members in groups_agents that are not in its list: ${rows.slice(0, 3).map(pairs).join('; ')}`,
    why: 'A server shows the group among those of these agents, and never gives them a turn.',
    repair: 'PATCH /v1/groups/{id} with the agent_ids that the group shall have: the server writes both.',
  }));
}

const membersOf = (members: string | null | undefined): string[] => (members ?? '').split(' ');
const pairs = ({ id, members }: TextRow): string => `${id} → ${membersOf(members).join(', ')}`;
