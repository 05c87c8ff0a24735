import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const groupTurnsCounter: Check = {
  code: 'group-turns-counter',
  group: 'groups',
  severity: 'error',
  looksFor: 'A sleeptime group has a frequency and no counter of turns.',
  effect:
    'After each answer of the main agent the server adds 1 to NULL: a TypeError, and the client gets 500 (letta/services/group_manager.py: bump_turns_counter_async; letta-server.md §7.4).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'groups', 'id', 'manager_type', 'sleeptime_agent_frequency', 'turns_counter')) return [];
    const found = await findRows(
      session,
      `select g.id, g.sleeptime_agent_frequency from ${qualified(home, null, 'groups')} g
        where g.manager_type = 'sleeptime' and g.sleeptime_agent_frequency > 0 and g.turns_counter is null`,
      { toChange: true },
    );
    return findingOf(groupTurnsCounter, found, (rows) => ({
      where: 'groups.turns_counter',
      message: `${formatCountOf(found.count, 'sleeptime group')} with a frequency (every ${rows[0]?.sleeptime_agent_frequency} turns) and no counter of turns`,
      why: 'A server answers the message, then fails on the counter: its client gets 500 on every message to the main agent.',
      repair: `update groups set turns_counter = -1 where manager_type = 'sleeptime' and sleeptime_agent_frequency > 0 and turns_counter is null;`,
      // What a server writes when it makes such a group (create_group_async).
      changes: rows.map(
        ({ id }): Change => ({
          kind: 'update',
          table: 'groups',
          key: { id: id ?? null },
          was: { turns_counter: null },
          set: { turns_counter: '-1' },
        }),
      ),
    }));
  },
};
