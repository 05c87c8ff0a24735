import { isSince } from '../../letta/serving-release.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const sleeptimeWithoutGroup: Check = {
  code: 'sleeptime-without-group',
  group: 'groups',
  severity: 'warning',
  looksFor: 'An agent has enable_sleeptime, and manages no group, or only groups that are not of the type sleeptime.',
  effect:
    'Without a group it answers as an ordinary agent, and up to 0.14.0 every message to it fails with 500; with another group every message fails (letta/agents/agent_loop.py, an assertion in letta/groups/sleeptime_multi_agent_v4.py; letta-server.md §7.4).',
  run: async (context) => {
    if (!has(context, 'agents', 'id', 'enable_sleeptime', 'agent_type') || !has(context, 'groups', 'manager_agent_id', 'manager_type'))
      return [];
    const { session } = context;
    const [none, other] = [await findRows(session, agents(context, false)), await findRows(session, agents(context, true))];
    const fallsBack = context.release === null || isSince(context.release, '0.15.0');
    return [
      ...findingOf(sleeptimeWithoutGroup, none, (rows) => ({
        severity: fallsBack ? 'warning' : 'error',
        where: 'agents.enable_sleeptime',
        message: `${formatCountOf(none.count, 'agent')} with enable_sleeptime and no sleeptime group: ${someOf(rows, 'name')}`,
        why: fallsBack
          ? 'A server answers for them as for ordinary agents: nobody works on their memory in the background any more.'
          : 'A server answers every message to them with 500.',
        repair: 'PATCH /v1/agents/{id} with enable_sleeptime true: the server makes the sleeptime agent and its group; or with false.',
      })),
      ...findingOf(sleeptimeWithoutGroup, other, (rows) => ({
        severity: 'error',
        where: 'groups.manager_type',
        message: `${formatCountOf(other.count, 'agent')} with enable_sleeptime and only groups of another type: ${someOf(rows, 'name')}`,
        why: 'A server expects the group to be of the type sleeptime: every message to these agents fails with 500.',
        repair: 'PATCH /v1/agents/{id} with enable_sleeptime false.',
      })),
    ];
  },
};

/** Agents for voice have a loop of their own, which asks for no sleeptime group. */
function agents({ home }: CheckContext, managesOthers: boolean): string {
  const group = (where: string) => `exists (select from ${qualified(home, null, 'groups')} g where g.manager_agent_id = a.id${where})`;
  return `select a.id, a.name from ${qualified(home, null, 'agents')} a
           where a.enable_sleeptime and a.agent_type is distinct from 'voice_convo_agent'
             and not ${group(` and g.manager_type = 'sleeptime'`)} and ${managesOthers ? '' : 'not '}${group('')}`;
}
