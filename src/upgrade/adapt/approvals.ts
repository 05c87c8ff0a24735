import { acceptedValues } from '../../letta/accepted-values.ts';
import { isSince } from '../../letta/serving-release.ts';
import { change } from './change.ts';
import { elements, isNothing, jsonText } from './json-sql.ts';
import type { AdaptRule } from './rule.ts';

/**
 * Approvals came with 0.11.7: a request (role `approval` with tool calls), its answer (without), then the tool's return.
 * 0.11.7 shows requests for one call only, and up to 0.12.1 an answer needs `approve` and `approval_request_id`, which later servers
 * leave empty when the client sends a list of approvals (`to_letta_messages` in `letta/schemas/message.py`).
 *
 * What cannot stay becomes what older servers have: a call of the assistant, followed by its return and by nothing in between, or the
 * model's provider refuses the conversation; so answers leave the context, and so does a request that waits at its end.
 */
export const approvalsRule: AdaptRule = {
  name: 'approvals',
  applies: (release) => !isSince(release, '0.13.0'),
  run: async (built, release) => {
    const { request, answer } = refusedBy(release);
    const ids = elements('t.message_ids', 'x');
    const id = `(x.item #>> '{}')`;
    const last = `x.n = json_array_length(t.message_ids)`;
    const ofMessages = (refused: (row: string) => string) => `(select m.id from messages m where ${refused('m')})`;
    const leaves = `(${id} in ${ofMessages(answer)} or (${last} and ${id} in ${ofMessages(request)}))`;
    return [
      ...(await change(built, {
        class: 'dropped',
        table: 'agents',
        column: 'message_ids',
        set: `(select '[' || coalesce(string_agg(x.item::text, ', ' order by x.n), '') || ']' from ${ids} where not ${leaves})::json`,
        where: `exists (select from ${ids} where ${leaves})`,
        reason: `Letta ${release} has no such approvals: answers to requests, and a request that still waits, leave what the agent has in mind; they stay in its history`,
      })),
      ...(await change(built, {
        class: 'derived',
        table: 'messages',
        column: 'content',
        set: `${jsonText([{ type: 'text', text: 'Answer to a request for approval.' }])}::json`,
        where: `${answer('t')} and (${isNothing('t.content')} or t.content::text = '[]')`,
        reason: `Letta ${release} cannot show a message without text: the answer to a request for approval gets one`,
      })),
      ...(await change(built, {
        class: 'dropped',
        table: 'messages',
        column: 'role',
        set: `case when ${request('t')} then 'assistant' else 'user' end`,
        where: `${request('t')} or ${answer('t')}`,
        reason: `Letta ${release} has no such approvals and could not list the agent's messages: a request becomes a message of the assistant, its answer one of the user`,
      })),
    ];
  },
};

/** SQL conditions over a message: requests and answers that the release cannot show. */
function refusedBy(release: string): Record<'request' | 'answer', (row: string) => string> {
  const calls = (row: string) =>
    `coalesce(case when json_typeof(${row}.tool_calls) = 'array' then json_array_length(${row}.tool_calls) end, 0)`;
  const role = (row: string) => `${row}.role = 'approval'`;
  if (!acceptedValues('MessageRole', release)?.includes('approval'))
    return { request: (row) => `(${role(row)} and ${calls(row)} > 0)`, answer: (row) => `(${role(row)} and ${calls(row)} = 0)` };
  return {
    request: (row) => (isSince(release, '0.12.0') ? 'false' : `(${role(row)} and ${calls(row)} > 1)`),
    answer: (row) => `(${role(row)} and ${calls(row)} = 0 and (${row}.approve is null or ${row}.approval_request_id is null))`,
  };
}
