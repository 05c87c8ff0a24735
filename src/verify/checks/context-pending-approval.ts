import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Check, CheckContext } from '../check.ts';
import { agentWindows, byWindow, conversationWindows, examplesOf, hasAgentWindows, hasConversationWindows } from '../context-window.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const contextPendingApproval: Check = {
  code: 'context-pending-approval',
  group: 'context',
  severity: 'note',
  looksFor: 'The last message in a context window asks for approval of a tool call.',
  effect:
    'Any other message is answered with 409 PENDING_APPROVAL, until somebody approves or denies, or cancels the run (letta-server.md §7.2).',
  run: async (context) => [
    ...(hasAgentWindows(context) ? await waiting(context, agentWindows(context), 'agents.message_ids', 'agent') : []),
    ...(hasConversationWindows(context)
      ? await waiting(context, conversationWindows(context), 'conversation_messages', 'conversation')
      : []),
  ],
};

async function waiting(context: CheckContext, windows: string, where: string, owner: string): Promise<Finding[]> {
  const last = `select distinct on (owner) owner, message_id from (${windows}) w order by owner, position desc`;
  const asks = `select l.owner, l.message_id from (${last}) l join ${qualified(context.home, null, 'messages')} m on m.id = l.message_id
     where m.role = 'approval' and json_typeof(m.tool_calls) = 'array' and json_array_length(m.tool_calls) > 0`;
  const found = await findRows(context.session, byWindow(asks));
  return findingOf(contextPendingApproval, found, (rows) => ({
    where,
    message: `${formatCountOf(found.count, `${owner} waits`, `${owner}s wait`)} for somebody to approve a tool call: ${examplesOf(rows)}`,
    why: 'A server answers any other message with 409 until it is approved or denied.',
    repair: null,
  }));
}
