import { acceptedValues } from '../../letta/accepted-values.ts';
import { change } from './change.ts';
import { elements, isNothing, jsonText } from './json-sql.ts';
import type { AdaptRule } from './rule.ts';

const calls = (row: string): string =>
  `coalesce(case when json_typeof(${row}.tool_calls) = 'array' then json_array_length(${row}.tool_calls) end, 0) > 0`;

/**
 * Approvals came with 0.11.7: a request (role `approval` with tool calls), its answer (without), then the tool's return.
 * Before, a call of a tool was a message of the assistant, followed by its return and by nothing in between, or the model's provider
 * refuses the conversation; so answers leave the context, and so does a request that waits at its end.
 */
export const approvalsRule: AdaptRule = {
  name: 'approvals',
  applies: (release) => !acceptedValues('MessageRole', release)?.includes('approval'),
  run: async (built, release) => {
    const answers = `(select m.id from messages m where m.role = 'approval' and not ${calls('m')})`;
    const requests = `(select m.id from messages m where m.role = 'approval' and ${calls('m')})`;
    const ids = elements('t.message_ids', 'x');
    const id = `(x.item #>> '{}')`;
    const last = `x.n = json_array_length(t.message_ids)`;
    const leaves = `(${id} in ${answers} or (${last} and ${id} in ${requests}))`;
    return [
      ...(await change(built, {
        class: 'dropped',
        table: 'agents',
        column: 'message_ids',
        set: `(select '[' || coalesce(string_agg(x.item::text, ', ' order by x.n), '') || ']' from ${ids} where not ${leaves})::json`,
        where: `exists (select from ${ids} where ${leaves})`,
        reason: `Letta ${release} knows no approvals: answers to requests, and a request that still waits, leave what the agent has in mind; they stay in its history`,
      })),
      ...(await change(built, {
        class: 'derived',
        table: 'messages',
        column: 'content',
        set: `${jsonText([{ type: 'text', text: 'Answer to a request for approval.' }])}::json`,
        where: `t.role = 'approval' and not ${calls('t')} and (${isNothing('t.content')} or t.content::text = '[]')`,
        reason: `Letta ${release} cannot show a message without text: the answer to a request for approval gets one`,
      })),
      ...(await change(built, {
        class: 'dropped',
        table: 'messages',
        column: 'role',
        set: `case when ${calls('t')} then 'assistant' else 'user' end`,
        where: `t.role = 'approval'`,
        reason: `Letta ${release} knows no approvals and could not list the agent's messages: a request becomes a message of the assistant, its answer one of the user`,
      })),
    ];
  },
};
