import { jsonText, sqlList, withFields } from '../../letta/json-sql.ts';
import { endpointTypes, type LlmConfigTable, llmConfigTables } from '../../letta/refused/llm-config.ts';
import { isSince } from '../../letta/serving-release.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import { noEndpoint } from './no-endpoint.ts';
import type { AdaptRule } from './rule.ts';

/**
 * Servers that are spoken to like OpenAI's. Older releases wrote a type of its own for each; since 0.12 Letta writes `openai` with the
 * same address for all of them (`model_endpoint_type=` in `letta/schemas/providers/`).
 */
const likeOpenAi = [
  'ollama',
  'vllm',
  'sglang',
  'mistral',
  'lmstudio',
  'lmstudio-legacy',
  'lmstudio-chatcompletions',
  'llamacpp',
  'koboldcpp',
  'webui',
  'webui-legacy',
  'hugging-face',
];

/** Companies with an OpenAI-compatible address, so that a key of the user's own goes to where it belongs. */
const companiesLikeOpenAi = ['zai', 'zai_coding', 'baseten', 'fireworks', 'openrouter'];

/** A type of model server that the release does not accept (`endpointTypes`). */
export const llmEndpointRule: AdaptRule = {
  name: 'llm-endpoint',
  applies: () => true,
  run: async (built, release) => {
    const losses: Loss[] = [];
    for (const table of llmConfigTables) losses.push(...(await adaptTable(built, release, table)));
    return losses;
  },
};

async function adaptTable(built: Built, release: string, table: LlmConfigTable): Promise<Loss[]> {
  const config = 't.llm_config';
  const type = `${config} ->> 'model_endpoint_type'`;
  const unknown = `${type} not in ${sqlList(endpointTypes(release, table))}`;
  const address = `coalesce(${config} ->> 'model_endpoint', '') <> ''`;
  // The server takes OPENROUTER_API_KEY for that address since 0.12.0 (`letta/llm_api/openai_client.py`).
  const ownKey = `${config} ->> 'provider_category' = 'byok'${isSince(release, '0.12.0') ? ` or ${type} = 'openrouter'` : ''}`;
  const openai = { model_endpoint_type: jsonText('openai') };
  // Up to 0.10 an Ollama server's own interface was spoken to; what is like OpenAI's is behind /v1 (OLLAMA_API_PREFIX).
  const url = `${config} ->> 'model_endpoint'`;
  const local = `to_json(case when ${type} = 'ollama' and ${url} !~ '/v1/?$' then rtrim(${url}, '/') || '/v1' else ${url} end)::text`;
  const report = (kind: 'derived' | 'dropped', fields: Record<string, string>, where: string, reason: string) =>
    change(built, { class: kind, table, column: 'llm_config', set: withFields(config, fields), where: `${unknown} and ${where}`, reason });
  return [
    ...(await report(
      'derived',
      { ...openai, model_endpoint: local },
      `${type} in ${sqlList(likeOpenAi)} and ${address}`,
      `Letta ${release} cannot load an agent with this type of model server; it becomes openai with the same address, as Letta itself writes it since 0.12`,
    )),
    ...(await report(
      'dropped',
      openai,
      `${type} in ${sqlList(companiesLikeOpenAi)} and ${address} and (${ownKey})`,
      `Letta ${release} does not know this provider of models and could not load the agent; it becomes openai with the same address, which understands that`,
    )),
    ...(await report(
      'dropped',
      { ...openai, model_endpoint: jsonText(noEndpoint) },
      'true',
      `Letta ${release} does not know this provider of models and could not load the agent; it gets an address that does not exist, so that nothing is sent to anybody else: give the agent another model before it is to answer`,
    )),
  ];
}
