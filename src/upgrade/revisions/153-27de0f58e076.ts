import type { LossQuery, RevisionStep } from '../revision-step.ts';

/**
 * 0.16.2 brings conversations: threads of one agent with a context of their own. Upwards there is nothing to do: messages
 * without one are the agent's main thread. Downwards (upstream's downgrade fails on unnamed foreign keys) the messages
 * stay, all in the one history of their agent, in the order of `sequence_id`; its context (`agents.message_ids`) is
 * untouched. What goes is which thread a message and a run belonged to, said here rather than counted column by column.
 */
export const step: RevisionStep = {
  revision: '27de0f58e076',
  down: (state) => {
    const loss = (table: string, column: string | null, reason: string, sql: string): LossQuery => ({
      class: 'dropped',
      table,
      column,
      reason,
      sql,
    });
    return {
      moved: ['conversations', 'conversation_messages', 'messages.conversation_id', 'runs.conversation_id'],
      losses: [
        loss(
          'conversations',
          null,
          'below 0.16.2 an agent has one history and no conversations: their names and settings go, their messages stay with the agent',
          `select 'id=' || t.id, t.agent_id from ${state.rows('conversations', ['id', 'agent_id'])} t`,
        ),
        loss(
          'messages',
          'conversation_id',
          'the message was part of a conversation; below 0.16.2 it stands in its agent’s one history, among the messages of the other threads',
          `select 'id=' || t.id, t.agent_id from ${state.rows('messages', ['id', 'agent_id', 'conversation_id'])} t where t.conversation_id is not null`,
        ),
        loss(
          'conversation_messages',
          null,
          'which messages a conversation had in its context, and in which order',
          `select 'id=' || t.id, t.agent_id from ${state.rows('conversation_messages', ['id', 'agent_id'])} t`,
        ),
        loss(
          'runs',
          'conversation_id',
          'the run belonged to a conversation',
          `select 'id=' || t.id, t.agent_id from ${state.rows('runs', ['id', 'agent_id', 'conversation_id'])} t where t.conversation_id is not null`,
        ),
      ],
    };
  },
};
