import { toolRulesProblems } from '../../letta/refused/tool-rules.ts';
import { shapeCheck } from '../shape-check.ts';

export const toolRulesRefused = shapeCheck({
  code: 'tool-rules-refused',
  severity: 'error',
  looksFor:
    'A rule of tools of a type that the release does not know, with a field that its model does not have, or without one that it needs.',
  effect:
    'An unknown type raises on read: the agent cannot be loaded, nor any list of agents (letta/helpers/converters.py; letta-server.md §4).',
  places: (release) => [{ table: 'agents', column: 'tool_rules', problems: toolRulesProblems(release) }],
  why: (release) => `Letta ${release} cannot load these agents, and GET /v1/agents/ fails for their organisation.`,
  repair: 'Take the rule, or the field that is too many, out of the list in agents.tool_rules; [] is a list without rules.',
});
