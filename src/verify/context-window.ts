import { elements } from '../letta/json-sql.ts';
import type { TextRow } from '../postgres/database.ts';
import { qualified } from '../schema/model.ts';
import { type CheckContext, has } from './check.ts';

/** A statement with one row per message that an agent's context window names: `owner` (the agent), `position` (from 0), `message_id`. */
export function agentWindows({ home }: Pick<CheckContext, 'home'>): string {
  return `select a.id as owner, e.n - 1 as position, e.item #>> '{}' as message_id
            from ${qualified(home, null, 'agents')} a cross join lateral ${elements('a.message_ids', 'e')}`;
}

/** The same of conversations (from 0.16.2 on): what the server loads in the order in which it does (letta-server.md §7.3). */
export function conversationWindows({ home }: Pick<CheckContext, 'home'>): string {
  return `select c.conversation_id as owner, c.position, c.message_id
            from ${qualified(home, null, 'conversation_messages')} c where c.in_context and not c.is_deleted`;
}

export const hasAgentWindows = (context: CheckContext): boolean =>
  has(context, 'agents', 'id', 'message_ids') &&
  has(context, 'messages', 'id', 'agent_id', 'role', 'is_deleted', 'sequence_id', 'tool_calls', 'tool_call_id', 'tool_returns');

export const hasConversationWindows = (context: CheckContext): boolean =>
  hasAgentWindows(context) &&
  has(context, 'conversation_messages', 'conversation_id', 'message_id', 'position', 'in_context', 'is_deleted');

/**
 * One row per window with something in it that is looked for: `id` (its owner), `example` (one of the messages), and
 * `entries`, how many such entries all windows have together.
 *
 * @param statement selects `owner` and `message_id`, one row per entry that is concerned
 * @param counted an aggregate over them, whose sum over all windows is given as `counted`
 */
export const byWindow = (statement: string, counted = 'count(*)'): string =>
  `select owner as id, min(message_id) as example, sum(count(*)) over () as entries, sum(${counted}) over () as counted
     from (${statement}) f group by owner`;

const examplesShown = 3;

/** `agent-… → message-…`, a few, for a sentence. */
export function examplesOf(rows: readonly TextRow[]): string {
  const shown = rows.slice(0, examplesShown).map(({ id, example }) => (example === null ? id : `${id} → ${example}`));
  return `${shown.join(', ')}${rows.length > shown.length ? ' …' : ''}`;
}
