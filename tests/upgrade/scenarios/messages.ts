import type { Scenario } from '../scenarios.ts';

/** Messages and conversations. */
export const messageScenarios: readonly Scenario[] = [
  {
    name: 'message whose user is gone',
    needs: ['messages.user_id'],
    enters: '95badb46fdf9',
    proof: 'select 1 from messages m where not exists (select from users u where u.id = m.user_id)',
  },
  {
    name: 'message whose agent is gone',
    needs: ['messages.user_id'],
    enters: '95badb46fdf9',
    proof: 'select 1 from messages m where not exists (select from agents a where a.id = m.agent_id)',
  },
  {
    name: 'message without tool calls',
    needs: ['messages.user_id'],
    enters: '95badb46fdf9',
    proof: 'select 1 from messages where tool_calls is null',
  },
  {
    name: 'message with JSON null for its tool calls',
    needs: ['messages.tool_calls'],
    proof: `select 1 from messages where tool_calls::text = 'null'`,
  },
  {
    name: 'message with tool calls, and its return',
    needs: ['messages.tool_calls'],
    proof: `select 1 from messages c join messages r on r.tool_call_id = 'call_1' where c.tool_calls::text like '%call_1%'`,
  },
  {
    name: 'message with text only',
    needs: ['messages.content'],
    proof: 'select 1 from messages where content is null and text is not null',
  },
  {
    name: 'message with content only',
    needs: ['messages.content'],
    proof: 'select 1 from messages where content is not null and text is null',
  },
  { name: 'message of 1 MB', needs: ['messages'], proof: `select 1 from messages m where length(m::text) > 1000000` },
  {
    name: 'message that PostgreSQL cannot read as JSON',
    needs: ['messages.content'],
    proof: `select 1 from messages where content::text like '%\\u0000%'`,
  },
  {
    name: 'messages of one instant',
    needs: ['messages'],
    enters: 'e991d2e3b428',
    proof: 'select 1 from messages group by agent_id, created_at having created_at is not null and count(*) > 1',
  },
  { name: 'message without a date', needs: ['messages'], enters: 'e991d2e3b428', proof: 'select 1 from messages where created_at is null' },
  {
    name: 'message older than its number says',
    needs: ['messages.sequence_id'],
    proof: 'select 1 from messages a join messages b on a.sequence_id < b.sequence_id and a.created_at > b.created_at',
  },
  {
    name: 'gaps in the numbers of messages',
    needs: ['messages.sequence_id'],
    proof: 'select 1 from messages having max(sequence_id) > count(*)',
  },
  { name: 'message that is soft-deleted', needs: ['messages.is_deleted'], proof: 'select 1 from messages where is_deleted' },
  {
    name: 'message of a soft-deleted agent',
    needs: ['agents.is_deleted'],
    proof: 'select 1 from messages m join agents a on a.id = m.agent_id where a.is_deleted and not m.is_deleted',
  },
  {
    name: 'message that answers an approval',
    needs: ['messages.approval_request_id'],
    proof: 'select 1 from messages a join messages q on q.id = a.approval_request_id where a.approve = false',
  },
  {
    name: 'message with a role that older servers do not know',
    needs: ['messages.approval_request_id'],
    proof: `select 1 from messages where role = 'approval'`,
  },
  {
    name: 'message of a run and a conversation',
    needs: ['messages.conversation_id'],
    proof: 'select 1 from messages where run_id is not null and conversation_id is not null',
  },
  {
    name: 'message in no and in one conversation',
    needs: ['conversation_messages'],
    proof: 'select 1 from conversation_messages having count(*) filter (where conversation_id is null) > 0 and count(conversation_id) > 0',
  },
  {
    name: 'two messages at one place of a conversation',
    needs: ['conversation_messages'],
    proof: 'select 1 from conversation_messages where conversation_id is not null group by conversation_id, position having count(*) > 1',
  },
  { name: 'conversation that is soft-deleted', needs: ['conversations'], proof: 'select 1 from conversations where is_deleted' },
  { name: 'conversation with blocks of its own', needs: ['blocks_conversations'], proof: 'select 1 from blocks_conversations' },
];
