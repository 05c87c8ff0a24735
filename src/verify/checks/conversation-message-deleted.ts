import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Check } from '../check.ts';
import { byWindow, conversationWindows, examplesOf, hasConversationWindows } from '../context-window.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const conversationMessageDeleted: Check = {
  code: 'conversation-message-deleted',
  group: 'conversations',
  severity: 'warning',
  looksFor: 'A message in the context window of a conversation is marked as deleted, and its row in conversation_messages is not.',
  effect:
    'The server deletes both together; since 0.16.7 it loads no deleted messages, and the conversation goes on without it (letta-server.md §2).',
  run: async (context) => {
    if (!hasConversationWindows(context)) return [];
    const deleted = `select w.owner, w.message_id from (${conversationWindows(context)}) w
       join ${qualified(context.home, null, 'messages')} m on m.id = w.message_id where m.is_deleted`;
    const found = await findRows(context.session, byWindow(deleted));
    return findingOf(conversationMessageDeleted, found, (rows) => ({
      where: 'conversation_messages',
      message: `${formatCountOf(Number(rows[0]?.entries), 'deleted message')} in the context windows of ${formatCountOf(found.count, 'conversation')}: ${examplesOf(rows)}`,
      why: 'A server leaves them out of what the agent sees there, or shows what somebody deleted.',
      repair: 'Set is_deleted of the rows in conversation_messages to what the messages have.',
    }));
  },
};
