import { readableElements } from '../letta/json-sql.ts';
import { qualified } from '../schema/model.ts';
import { type CheckContext, has } from './check.ts';

/**
 * A statement with one row per tool call without a return, or return without a call, in context windows: `owner`, `message_id`,
 * `kind` ('call' or 'return').
 *
 * A return says which call it answers by messages.tool_call_id, or (from 0.12.0 on, several in one message) by tool_returns. Not
 * counted is what a server takes care of by itself (0.16.8 letta/schemas/message.py: filter_messages_for_llm_api,
 * letta/services/message_manager.py: backfill_missing_tool_call_ids): a request for approval at the end of the window, with the
 * calls before it; one that a summary follows; a return without an id right after a single call.
 *
 * @param windows selects `owner`, `position`, `message_id`
 */
export function unpaired(context: CheckContext, windows: string): string {
  const answers = ['m.tool_returns', ...(has(context, 'messages', 'approvals') ? ['m.approvals'] : [])];
  return `
    with entries as materialized (
      select w.owner, w.message_id, m.role, m.tool_calls, ${answers.join(', ')}, m.tool_call_id,
             ${length('m.tool_calls')} as calls, row_number() over by_place as place,
             lead(m.role) over by_place as next_role, lead(m.role, 2) over by_place as second_next_role,
             lead(${length('m.tool_calls')}) over by_place as next_calls,
             lead(m.tool_call_id) over by_place as next_answers, lead(${length('m.tool_returns')}) over by_place as next_returns
        from (${windows}) w join ${qualified(context.home, null, 'messages')} m on m.id = w.message_id
      window by_place as (partition by w.owner order by w.position, w.message_id)
    ), calls as materialized (
      select m.owner, m.message_id, m.place, c.item ->> 'id' as call,
             case m.role
               when 'approval' then m.next_role is null or m.next_role = 'summary'
               else m.next_role = 'approval' and m.next_calls > 0 and m.second_next_role is null
             end or (m.calls = 1 and m.next_role = 'tool' and m.next_answers is null and m.next_returns = 1) as excused
        from entries m cross join lateral ${readableElements('m.tool_calls', 'c')}
       where m.role in ('assistant', 'approval') and m.calls > 0 and c.item ->> 'id' is not null
    ), returns as materialized (
      select m.owner, m.message_id, m.place, m.tool_call_id as call from entries m where m.role = 'tool' and m.tool_call_id is not null
      ${answers
        .map(
          (column) => `
      union select m.owner, m.message_id, m.place, r.item ->> 'tool_call_id'
        from entries m cross join lateral ${readableElements(column, 'r')}
       where m.role in ('tool', 'approval') and json_typeof(r.item) = 'object' and r.item ->> 'tool_call_id' is not null
         and r.item ->> 'type' is distinct from 'approval'`,
        )
        .join('')}
    )
    select c.owner, c.message_id, 'call' as kind from calls c
     where not coalesce(c.excused, false)
       and not exists (select from returns r where r.owner = c.owner and r.call = c.call and r.place > c.place)
    union all
    select r.owner, r.message_id, 'return' from returns r
     where not exists (select from calls c where c.owner = r.owner and c.call = r.call and c.place < r.place)`;
}

/** Elements of a json list, 0 for anything else. */
const length = (column: string): string => `case when json_typeof(${column}) = 'array' then json_array_length(${column}) else 0 end`;
