import { qualified } from '../../schema/model.ts';
import type { Check } from '../check.ts';
import { agentWindows } from '../context-window.ts';
import { windowCheck } from '../window-check.ts';

export const contextMissingMessage: Check = windowCheck({
  code: 'context-missing-message',
  severity: 'error',
  looksFor: 'An id in an agent’s context window (agents.message_ids) leads to no message.',
  effect:
    'The agent answers without that message (only the log says so), and its export fails with 500, seen on real servers; where it is the first one, the system prompt cannot be rebuilt: 404 or 500 (letta-server.md §0.9, §7.3).',
  find: (context) =>
    `select w.owner, w.message_id from (${agentWindows(context)}) w
      where not exists (select from ${qualified(context.home, null, 'messages')} m where m.id = w.message_id)`,
  what: ['does not exist', 'do not exist'],
  why: 'A server leaves them out of what the agent sees, and answers its export with 500.',
  repair: 'Put the messages back from a snapshot; or take their ids out of message_ids, which --repair does.',
  mends: true,
});
