import { qualified } from '../../schema/model.ts';
import type { Check } from '../check.ts';
import { agentWindows } from '../context-window.ts';
import { windowCheck } from '../window-check.ts';

export const contextForeignMessage: Check = windowCheck({
  code: 'context-foreign-message',
  severity: 'warning',
  looksFor: 'A message in an agent’s context window belongs to another agent, or to none.',
  effect: 'Nothing checks it: the agent answers from what was said to another one (letta-server.md §7.3).',
  find: ({ home }) =>
    `select w.owner, w.message_id from (${agentWindows({ home })}) w
       join ${qualified(home, null, 'messages')} m on m.id = w.message_id where m.agent_id is distinct from w.owner`,
  what: ['belongs to another agent', 'belong to another agent'],
  why: 'A server shows these messages to an agent that was not part of them.',
  repair: 'Take the ids out of message_ids, unless they were put there on purpose: PATCH /v1/agents/{id} with the other message_ids.',
  mends: false,
});
