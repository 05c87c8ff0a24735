import { responseFormatProblems } from '../../letta/refused/response-format.ts';
import { shapeCheck } from '../shape-check.ts';

export const responseFormatRefused = shapeCheck({
  code: 'response-format-refused',
  severity: 'error',
  looksFor: 'A response format of a type that the server does not know, or a json_schema format without its schema.',
  effect: 'The agent cannot be loaded, nor any list of agents (deserialize_response_format in letta/helpers/converters.py).',
  places: (release) => [{ table: 'agents', column: 'response_format', problems: responseFormatProblems(release) }],
  why: (release) => `Letta ${release} cannot load these agents, and GET /v1/agents/ fails for their organisation.`,
  repair: 'Write {"type": "text"}, or NULL, into agents.response_format.',
});
