import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { hasConversationWindows } from '../context-window.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** A server writes the message first and its row in conversation_messages in a transaction of its own (letta-server.md §7.3). */
export const conversationMessageUnlisted: Check = {
  code: 'conversation-message-unlisted',
  group: 'conversations',
  severity: 'warning',
  looksFor: 'A message names a conversation (messages.conversation_id) that has no row for it in conversation_messages.',
  effect:
    'The conversation goes on without it, and the default thread does not show it either (letta/services/conversation_manager.py: get_message_ids_for_conversation; letta/services/message_manager.py: list_messages).',
  run: async (context) => {
    const { session, home } = context;
    if (!hasConversationWindows(context) || !has(context, 'messages', 'conversation_id')) return [];
    const found = await findRows(
      session,
      `select m.id, m.conversation_id as conversation from ${qualified(home, null, 'messages')} m
        where m.conversation_id is not null and not m.is_deleted and not exists (
          select from ${qualified(home, null, 'conversation_messages')} c
           where c.message_id = m.id and c.conversation_id = m.conversation_id)`,
    );
    return findingOf(conversationMessageUnlisted, found, (rows) => ({
      where: 'messages.conversation_id',
      message: `${formatCountOf(found.count, 'message is', 'messages are')} not in the list of the conversation that ${found.count === 1 ? 'it names' : 'they name'}: ${someOf(rows, 'conversation')}`,
      why: 'A server leaves them out of what the agent sees in that conversation.',
      repair: 'Where they belong to the conversation, add rows to conversation_messages, or put those back from a snapshot.',
    }));
  },
};
