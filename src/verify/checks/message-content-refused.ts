import { messageContentProblems } from '../../letta/refused/message-content.ts';
import { shapeCheck } from '../shape-check.ts';

export const messageContentRefused = shapeCheck({
  code: 'message-content-refused',
  severity: 'error',
  looksFor: "A message whose content is no list, or a part without what it needs: a text without text, an image that is not Letta's own.",
  effect:
    'No page of messages that it is in can be listed; in the context window, the agent cannot answer (deserialize_message_content in letta/helpers/converters.py).',
  places: (release) => [{ table: 'messages', column: 'content', problems: messageContentProblems(release) }],
  why: (release) =>
    `Letta ${release} fails when it reads one of them: the list of the agent's messages, and the agent itself where it is in its context.`,
  repair: 'Put the part right in messages.content, or take it out of the list; the snapshot has what it was.',
});
