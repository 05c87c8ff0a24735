import { llmConfigProblems, llmConfigTables } from '../../letta/refused/llm-config.ts';
import { shapeCheck } from '../shape-check.ts';

export const llmConfigRefused = shapeCheck({
  code: 'llm-config-refused',
  severity: 'error',
  looksFor: "A model's configuration with a field that is missing, of another kind, or a value that the release does not know.",
  effect:
    'The agent cannot be loaded, and one such agent makes GET /v1/agents/ fail for its whole organisation (letta/schemas/llm_config.py; letta-server.md §4).',
  places: (release) => llmConfigTables.map((table) => ({ table, column: 'llm_config', problems: llmConfigProblems(release, table) })),
  why: (release) => `Letta ${release} fails when it loads such a row, and with it every list that the row is in.`,
  repair:
    'Write the field anew in llm_config, with the values of another agent that works; to give a provider that the release does not know the type openai, give it an address of its own too, so that no key goes to OpenAI.',
});
