import type { Check } from '../check.ts';
import { agentWindows } from '../context-window.ts';
import { windowCheck } from '../window-check.ts';

export const contextDuplicate: Check = windowCheck({
  code: 'context-duplicate',
  severity: 'warning',
  looksFor: 'A message stands in an agent’s context window more than once.',
  effect:
    'The model sees it so often; a tool call that stands twice is refused by most providers, and the client gets 400 (letta-server.md §7.3).',
  find: (context) => `select w.owner, w.message_id from (${agentWindows(context)}) w group by w.owner, w.message_id having count(*) > 1`,
  what: ['stands there more than once', 'stand there more than once'],
  why: 'A server sends them to the model so often; providers refuse a tool call that comes twice.',
  repair: 'Leave each id in message_ids once, which --repair does.',
  mends: true,
});
