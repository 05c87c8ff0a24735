import { isSince } from '../../letta/serving-release.ts';
import { qualified } from '../../schema/model.ts';
import type { Check } from '../check.ts';
import { agentWindows } from '../context-window.ts';
import { windowCheck } from '../window-check.ts';

export const contextDeletedMessage: Check = windowCheck({
  code: 'context-deleted-message',
  severity: 'warning',
  looksFor: 'A message in an agent’s context window is marked as deleted.',
  effect:
    'Servers since 0.16.7 load no deleted messages: the agent answers without it, as if it did not exist (letta/services/message_manager.py: get_messages_by_ids_async).',
  applies: ({ release }) => release === null || isSince(release, '0.16.7'),
  find: ({ home }) =>
    `select w.owner, w.message_id from (${agentWindows({ home })}) w
       join ${qualified(home, null, 'messages')} m on m.id = w.message_id where m.is_deleted`,
  what: ['is marked as deleted', 'are marked as deleted'],
  why: 'A server leaves them out of what the agent sees.',
  repair: 'Take the ids out of message_ids (PATCH /v1/agents/{id}); or set is_deleted of these messages to false, if nobody deleted them.',
  mends: false,
});
