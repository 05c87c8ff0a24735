import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { hasConversationWindows } from '../context-window.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** A message's own conversation_id may be another one: a fork of a conversation goes on with the messages of the first. */
export const conversationMessageMismatch: Check = {
  code: 'conversation-message-mismatch',
  group: 'conversations',
  severity: 'error',
  looksFor: 'A row of conversation_messages names another agent or organisation than its message or its conversation does.',
  effect:
    'The server loads the conversation by these rows and asks no further: an agent sees what was said to another one, or a tenant what is another’s (letta/services/conversation_manager.py: get_messages_for_conversation).',
  run: async (context) => {
    const { session, home } = context;
    if (!hasConversationWindows(context) || !has(context, 'conversations', 'id', 'agent_id', 'organization_id')) return [];
    const found = await findRows(
      session,
      `select c.id from ${qualified(home, null, 'conversation_messages')} c
         join ${qualified(home, null, 'conversations')} v on v.id = c.conversation_id
         join ${qualified(home, null, 'messages')} m on m.id = c.message_id
        where not c.is_deleted and (c.agent_id is distinct from v.agent_id or c.agent_id is distinct from m.agent_id
           or c.organization_id is distinct from v.organization_id or c.organization_id is distinct from m.organization_id)`,
    );
    return findingOf(conversationMessageMismatch, found, (rows) => ({
      where: 'conversation_messages',
      message: `${formatCountOf(found.count, 'message of a conversation does', 'messages of conversations do')} not belong to its agent or its organisation: ${someOf(rows, 'id')}`,
      why: 'A server shows the message in that conversation all the same.',
      repair: 'Take the message out of the conversation (in_context = false), or put the row back from a snapshot.',
    }));
  },
};
