import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const sleeptimeIdle: Check = {
  code: 'sleeptime-idle',
  group: 'groups',
  severity: 'note',
  looksFor: 'A sleeptime group whose main agent does not have enable_sleeptime, or that has no main agent.',
  effect:
    'Its sleeptime agent never runs; so it is meant where someone switched it off (letta/agents/agent_loop.py; letta-server.md §7.4).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'groups', 'id', 'manager_agent_id', 'manager_type') || !has(context, 'agents', 'enable_sleeptime')) return [];
    const found = await findRows(
      session,
      `select g.id from ${qualified(home, null, 'groups')} g left join ${qualified(home, null, 'agents')} a on a.id = g.manager_agent_id
        where g.manager_type = 'sleeptime' and a.enable_sleeptime is not true and (g.manager_agent_id is null or a.id is not null)`,
    );
    return findingOf(sleeptimeIdle, found, () => ({
      where: 'groups.manager_agent_id',
      message: `${formatCountOf(found.count, 'sleeptime group')} without a main agent that has enable_sleeptime: never run`,
      why: 'A server gives their sleeptime agents no turn: nobody works on the memory of the main agent in the background.',
      repair: 'Nothing, where it was switched off on purpose; else PATCH /v1/agents/{id} of the main agent with enable_sleeptime true.',
    }));
  },
};
