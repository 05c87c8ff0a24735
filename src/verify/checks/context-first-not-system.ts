import { qualified } from '../../schema/model.ts';
import type { Check } from '../check.ts';
import { agentWindows } from '../context-window.ts';
import { windowCheck } from '../window-check.ts';

export const contextFirstNotSystem: Check = windowCheck({
  code: 'context-first-not-system',
  severity: 'error',
  looksFor: 'The first message in an agent’s context window is not a system message.',
  effect:
    'The server takes the first one for the system prompt: the agent answers without its own, and the next change of a memory block overwrites that message with the prompt (letta-server.md §4, §7.3).',
  find: ({ home }) =>
    `select w.owner, w.message_id from (${agentWindows({ home })}) w
       join ${qualified(home, null, 'messages')} m on m.id = w.message_id where w.position = 0 and m.role <> 'system'`,
  what: ['stands where the system message has to be', 'stand where the system message has to be'],
  why: 'A server takes such a message for the system prompt, and overwrites it when a memory block changes.',
  repair: 'Put the id of the agent’s system message first in message_ids, which --repair does.',
  mends: true,
});
