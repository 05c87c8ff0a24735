import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import type { Check } from '../check.ts';
import { hasConversationWindows } from '../context-window.ts';
import { changesAllowed } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** Rows that are not in context may share a position with one that is: only the window is numbered anew (letta-server.md §7.3). */
export const conversationPositionDuplicate: Check = {
  code: 'conversation-position-duplicate',
  group: 'conversations',
  severity: 'warning',
  looksFor: 'Two messages in the context window of a conversation have the same position.',
  effect:
    'The window is ordered by position alone: such messages come in any order, a tool’s return before its call (letta-server.md §7.3).',
  run: async (context) => {
    const { session, home } = context;
    if (!hasConversationWindows(context)) return [];
    const rows = `${qualified(home, null, 'conversation_messages')} c`;
    const window = 'c.in_context and not c.is_deleted';
    const found = await findRows(
      session,
      `select c.conversation_id as id from ${rows} where ${window} group by 1 having count(*) > count(distinct c.position)`,
      { toChange: true },
    );
    if (found.count === 0) return [];
    const moved = await session.query(
      `select n.id, n.position, n.place from (
         select c.id, c.position, row_number() over (partition by c.conversation_id order by c.position, m.sequence_id, c.id) - 1 as place
           from ${rows} left join ${qualified(home, null, 'messages')} m on m.id = c.message_id
          where ${window} and c.conversation_id in (select json_array_elements_text($1::json))) n
        where n.position <> n.place order by n.id collate "C" limit ${changesAllowed + 1}`,
      [JSON.stringify(found.rows.map(({ id }) => id))],
    );
    return findingOf(conversationPositionDuplicate, found, () => ({
      where: 'conversation_messages.position',
      message: `${formatCountOf(found.count, 'conversation has', 'conversations have')} messages in context at the same position: ${someOf(found.rows, 'id')}`,
      why: 'A server takes such messages in any order, and may send a tool’s return before its call.',
      repair: 'Number the messages in context from 0, those at the same position by their sequence_id, which --repair does.',
      changes: moved.map(
        ({ id, position, place }): Change => ({
          kind: 'update',
          table: 'conversation_messages',
          key: { id: id ?? '' },
          was: { position: position ?? null },
          set: { position: place ?? null },
        }),
      ),
    }));
  },
};
