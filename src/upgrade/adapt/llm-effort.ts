import { acceptedValues, hasValidator } from '../../letta/accepted-values.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import { jsonText, sqlList, withFields } from './json-sql.ts';
import type { AdaptRule } from './rule.ts';

/** From least to most (`letta/schemas/llm_config.py`). */
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * How hard a model shall think: `minimal` came with 0.11.1, `none` with 0.15.0, `xhigh` with 0.16.0, and `effort: max`
 * with 0.16.5, which itself cannot load an agent that has it (its AnthropicModelSettings lack the value). Since 0.14.0
 * a codex model must not have `minimal` (`validate_codex_reasoning_effort`). A field that a release does not have is ignored.
 */
export const llmEffortRule: AdaptRule = {
  name: 'llm-effort',
  applies: () => true,
  run: async (built, release) => {
    const losses: Loss[] = [];
    for (const table of ['agents', 'llm_batch_items']) {
      for (const field of ['reasoning_effort', 'effort']) {
        losses.push(...(await nearest(built, release, table, field, acceptedValues(`LLMConfig.${field}`, release), 'true')));
      }
    }
    const ofAgents = acceptedValues('AnthropicModelSettings.effort', release);
    losses.push(...(await nearest(built, release, 'agents', 'effort', ofAgents, `t.llm_config ->> 'model_endpoint_type' = 'anthropic'`)));
    if (hasValidator('LLMConfig.validate_codex_reasoning_effort', release)) losses.push(...(await codex(built, release)));
    return losses;
  },
};

async function nearest(
  built: Built,
  release: string,
  table: string,
  field: string,
  accepted: readonly string[] | null,
  where: string,
): Promise<Loss[]> {
  if (accepted === null) return [];
  const order = (value: string) => efforts.indexOf(value);
  const losses: Loss[] = [];
  for (const value of efforts.filter((each) => !accepted.includes(each))) {
    const to = [...accepted].sort((a, b) => Math.abs(order(a) - order(value)) - Math.abs(order(b) - order(value)))[0];
    losses.push(
      ...(await change(built, {
        class: 'dropped',
        table,
        column: 'llm_config',
        set: withFields('t.llm_config', { [field]: jsonText(to) }),
        where: `t.llm_config ->> '${field}' in ${sqlList([value])} and ${where}`,
        reason: `Letta ${release} has no ${field} ${value} and could not load the agent: it becomes ${to}, the nearest`,
      })),
    );
  }
  return losses;
}

async function codex(built: Built, release: string): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const table of ['agents', 'llm_batch_items']) {
    losses.push(
      ...(await change(built, {
        class: 'dropped',
        table,
        column: 'llm_config',
        set: withFields('t.llm_config', { reasoning_effort: jsonText('low') }),
        where: `t.llm_config ->> 'reasoning_effort' = 'minimal' and t.llm_config ->> 'model' ilike '%codex%'`,
        reason: `Letta ${release} refuses reasoning_effort minimal for a codex model: it becomes low, the nearest`,
      })),
    );
  }
  return losses;
}
