import { toolCallsProblems } from '../../letta/refused/tool-calls.ts';
import { shapeCheck } from '../shape-check.ts';

export const toolCallsRefused = shapeCheck({
  code: 'tool-calls-refused',
  severity: 'error',
  looksFor: 'A message whose tool_calls is no list, or holds a call without id, name or arguments.',
  effect:
    'No page of messages that it is in can be listed; in the context window, the agent cannot answer (deserialize_tool_calls in letta/helpers/converters.py).',
  places: () => [{ table: 'messages', column: 'tool_calls', problems: toolCallsProblems }],
  why: (release) =>
    `Letta ${release} fails when it reads one of them: the list of the agent's messages, and the agent itself where it is in its context.`,
  repair:
    "Write a list of {id, type: 'function', function: {name, arguments}} into messages.tool_calls, [] where the message calls no tool.",
});
