import { isNothing } from '../../letta/json-sql.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Check } from '../check.ts';
import { hasAgentWindows } from '../context-window.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';
import { windowChanges } from '../mend-windows.ts';

export const contextEmpty: Check = {
  code: 'context-empty',
  group: 'context',
  severity: 'error',
  looksFor:
    'An agent’s context window (agents.message_ids) is NULL or an empty list. (Another kind of value is refused whole: `json-kind-refused`.)',
  effect:
    'Every message to the agent ends with 500: “has no in-context messages” (letta/agents/helpers.py; letta-server.md §7.3). Its history is not touched.',
  run: async (context) => {
    if (!hasAgentWindows(context)) return [];
    const found = await findRows(
      context.session,
      `select a.id from ${qualified(context.home, null, 'agents')} a
        where ${isNothing('a.message_ids')} or case when json_typeof(a.message_ids) = 'array' then json_array_length(a.message_ids) = 0 end`,
      { toChange: true },
    );
    const changes =
      found.rows.length === found.count
        ? await windowChanges(
            context,
            found.rows.map(({ id }) => id ?? ''),
          )
        : [];
    return findingOf(contextEmpty, found, (rows) => ({
      where: 'agents.message_ids',
      message: `${formatCountOf(found.count, 'agent has', 'agents have')} nothing in the context window: ${someOf(rows, 'id')}`,
      why: 'A server answers every message to such an agent with 500.',
      repair: 'Write a list into message_ids that begins with the agent’s system message; --repair begins anew with that message alone.',
      changes,
    }));
  },
};
