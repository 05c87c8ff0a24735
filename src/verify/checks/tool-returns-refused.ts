import { toolReturnsProblems } from '../../letta/refused/tool-messages.ts';
import { shapeCheck } from '../shape-check.ts';

export const toolReturnsRefused = shapeCheck({
  code: 'tool-returns-refused',
  severity: 'error',
  looksFor:
    'A message whose tool_returns is no list, or holds a return with a status other than success and error; at 0.12.0 to 0.16.2 also one with several parts.',
  effect:
    'No page of messages that it is in can be listed; in the context window, the agent cannot answer (ToolReturn in letta/schemas/message.py).',
  places: (release) => [{ table: 'messages', column: 'tool_returns', problems: toolReturnsProblems(release) }],
  why: (release) =>
    `Letta ${release} fails when it reads one of them: the list of the agent's messages, and the agent itself where it is in its context.`,
  repair: 'Put status, stdout, stderr and func_response right in messages.tool_returns.',
});
