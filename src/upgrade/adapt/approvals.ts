import { elements, isNothing, jsonText } from '../../letta/json-sql.ts';
import { refusedApprovals } from '../../letta/refused/approvals.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/**
 * What cannot stay becomes what older servers have: a call of the assistant, followed by its return and by nothing in between, or the
 * model's provider refuses the conversation; so answers leave the context, and so does a request that waits at its end.
 */
export const approvalsRule: AdaptRule = {
  name: 'approvals',
  applies: (release) => refusedApprovals(release) !== null,
  run: async (built, release) => {
    const refused = refusedApprovals(release);
    if (refused === null) return [];
    const { request, answer } = refused;
    const ids = elements('t.message_ids', 'x');
    const id = `(x.item #>> '{}')`;
    const last = `x.n = json_array_length(t.message_ids)`;
    const ofMessages = (which: (row: string) => string) => `(select m.id from messages m where ${which('m')})`;
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
