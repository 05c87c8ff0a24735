import { acceptedValues, hasValidator } from '../accepted-values.ts';
import { type FieldShape, nothing, objectProblems, problemsIf } from '../json-shape.ts';
import { sqlList, sqlText } from '../json-sql.ts';
import { isSince } from '../serving-release.ts';

/** The tables that hold a model's configuration in `llm_config`. */
export const llmConfigTables = ['agents', 'llm_batch_items'] as const;
export type LlmConfigTable = (typeof llmConfigTables)[number];

/**
 * The types of model servers (`model_endpoint_type`) that a release accepts. It is a closed list (`letta/schemas/llm_config.py`), and
 * since 0.14.0 an agent's state can be built for some of its values only: with `ollama`, `vllm` or `mistral`, as 0.11.3 wrote them, no
 * agent of the organisation is listed (`_to_model_settings`; seen in the models of 0.14.0 … 0.16.8).
 */
export function endpointTypes(release: string, table: LlmConfigTable): readonly string[] {
  const types = acceptedValues('LLMConfig.model_endpoint_type', release) ?? [];
  const forAgents = table === 'agents' ? acceptedValues('LLMConfig._to_model_settings', release) : null;
  return forAgents === null ? types : types.filter((type) => forAgents.includes(type));
}

export interface EffortLimit {
  table: LlmConfigTable;
  field: 'reasoning_effort' | 'effort';
  accepted: readonly string[];
  /** Only models of this type of server. */
  endpointType?: string;
}

/**
 * How hard a model may be told to think: `minimal` came with 0.11.1, `none` with 0.15.0, `xhigh` with 0.16.0, and `effort: max` with
 * 0.16.5, which itself cannot load an agent that has it (its AnthropicModelSettings lack the value).
 */
export function effortLimits(release: string): EffortLimit[] {
  const limits: EffortLimit[] = [];
  const limit = (accepted: readonly string[] | null, of: Omit<EffortLimit, 'accepted'>) => {
    if (accepted !== null) limits.push({ ...of, accepted });
  };
  for (const table of llmConfigTables)
    for (const field of ['reasoning_effort', 'effort'] as const) limit(acceptedValues(`LLMConfig.${field}`, release), { table, field });
  limit(acceptedValues('AnthropicModelSettings.effort', release), { table: 'agents', field: 'effort', endpointType: 'anthropic' });
  return limits;
}

/**
 * SQL condition: a codex model with `minimal`, which is refused since 0.14.0 (`validate_codex_reasoning_effort`); null where it is not.
 * @param config SQL expression of the configuration
 */
export function refusedCodexEffort(release: string, config: string): string | null {
  if (!hasValidator('LLMConfig.validate_codex_reasoning_effort', release)) return null;
  return `${config} ->> 'reasoning_effort' = 'minimal' and ${config} ->> 'model' ilike '%codex%'`;
}

/** SQL of a text[]: why a release's LLMConfig (`letta/schemas/llm_config.py`) refuses a value. Other fields are ignored. */
export function llmConfigProblems(release: string, table: LlmConfigTable): (config: string) => string {
  return (config) => {
    const codex = refusedCodexEffort(release, config);
    const conditions: [string, string][] = [
      ['context_window', `${config} ->> 'context_window' is null and not ${knownWindow(release, config)}`],
      ...refusedByType(release, table, config),
      ...(codex === null ? [] : [['reasoning_effort "minimal" for a codex model', codex] as [string, string]]),
    ];
    return `case when ${nothing(config)} then array['it is missing'] when jsonb_typeof(${config}) <> 'object' then array['it is not an object']
      else ${objectProblems(config, fields(release, table))} || ${problemsIf(conditions)} end`;
  };
}

/** What is refused for one type of server only; a value that is refused for all is not said twice. */
function refusedByType(release: string, table: LlmConfigTable, config: string): [string, string][] {
  const limits = effortLimits(release).filter((limit) => limit.table === table);
  return limits.flatMap(({ field, accepted, endpointType }): [string, string][] => {
    if (endpointType === undefined) return [];
    const others = limits.find((each) => each.field === field && each.endpointType === undefined)?.accepted ?? [];
    const only = others.filter((value) => !accepted.includes(value));
    const where = `${config} ->> 'model_endpoint_type' = ${sqlText(endpointType)} and nullif(${config} ->> '${field}', '') in ${sqlList(only)}`;
    return [[`${field} for ${endpointType}`, where]];
  });
}

/**
 * SQL condition: the server itself knows how much fits into the model's context (`set_model_specific_defaults`, seen at 0.16.2 and
 * 0.16.8 but not at 0.11.3; in between it is not judged).
 */
function knownWindow(release: string, config: string): string {
  if (!isSince(release, '0.11.4')) return 'false';
  const model = `coalesce(${config} ->> 'model', '')`;
  return `(${model} like 'gpt-5%' or ${model} in ('gpt-4.1', 'gpt-4o', 'gpt-4o-mini', 'gpt-4'))`;
}

function fields(release: string, table: LlmConfigTable): FieldShape[] {
  const closed = (name: string): FieldShape[] => {
    const accepted = acceptedValues(`LLMConfig.${name}`, release);
    return accepted === null ? [] : [{ name, kind: 'text', nullable: true, accepted }];
  };
  return [
    { name: 'model', kind: 'text', required: true },
    { name: 'model_endpoint_type', kind: 'text', required: true, accepted: endpointTypes(release, table) },
    { name: 'context_window', kind: 'integer', nullable: true },
    { name: 'model_endpoint', kind: 'text', nullable: true },
    { name: 'handle', kind: 'text', nullable: true },
    { name: 'temperature', kind: 'number' },
    { name: 'max_tokens', kind: 'integer', nullable: true },
    { name: 'enable_reasoner', kind: 'boolean' },
    { name: 'max_reasoning_tokens', kind: 'integer' },
    { name: 'put_inner_thoughts_in_kwargs', kind: 'boolean', nullable: true },
    ...['provider_category', 'reasoning_effort', 'effort', 'compatibility_type', 'verbosity'].flatMap(closed),
  ];
}
