import { readableElements } from '../../letta/json-sql.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** Written by builds of 0.12.x between 1 and 6 October 2025 (letta-server.md §11 row 16). */
export const toolMessageWithoutCallId: Check = {
  code: 'tool-message-without-call-id',
  group: 'context',
  severity: 'note',
  looksFor: 'A message with what a tool returned does not say which call it answers (messages.tool_call_id is NULL).',
  effect:
    'Where a single call stands before it, servers since 0.12.0 fill it in on every read; else it is a return without a call (letta/services/message_manager.py: backfill_missing_tool_call_ids).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'messages', 'id', 'agent_id', 'role', 'tool_call_id', 'tool_calls', 'tool_returns', 'sequence_id')) return [];
    const messages = qualified(home, null, 'messages');
    const only = (column: string, field: string) =>
      `(select min(e.item ->> '${field}') from ${readableElements(column, 'e')} having count(*) = 1)`;
    const found = await findRows(
      session,
      `select m.id, coalesce(${only('m.tool_returns', 'tool_call_id')}, before.call) as call
         from ${messages} m left join lateral (
           select case when p.role = 'assistant' then ${only('p.tool_calls', 'id')} end as call from ${messages} p
            where p.agent_id = m.agent_id and p.sequence_id < m.sequence_id order by p.sequence_id desc limit 1) before on true
        where m.role = 'tool' and m.tool_call_id is null`,
      { toChange: true },
    );
    return findingOf(toolMessageWithoutCallId, found, (rows) => ({
      where: 'messages.tool_call_id',
      message: `${formatCountOf(found.count, 'tool message does', 'tool messages do')} not say which call ${found.count === 1 ? 'it answers' : 'they answer'}: ${someOf(rows, 'id')}`,
      why: 'A server fills it in whenever it reads them, where a single call stands before; it does not keep it.',
      repair: 'Write the id of the call into tool_call_id, which --repair does where there is only one.',
      changes: rows.flatMap(({ id, call }): Change[] =>
        id && call ? [{ kind: 'update', table: 'messages', key: { id }, was: { tool_call_id: null }, set: { tool_call_id: call } }] : [],
      ),
    }));
  },
};
