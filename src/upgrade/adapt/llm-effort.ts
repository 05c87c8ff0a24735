import { jsonText, sqlList, sqlText, withFields } from '../../letta/json-sql.ts';
import { type EffortLimit, effortLimits, llmConfigTables, refusedCodexEffort } from '../../letta/refused/llm-config.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** From least to most (`letta/schemas/llm_config.py`). */
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** How hard a model shall think, where the release has another word for it or none (`effortLimits`). A field that it does not have is ignored. */
export const llmEffortRule: AdaptRule = {
  name: 'llm-effort',
  applies: () => true,
  run: async (built, release) => {
    const losses: Loss[] = [];
    for (const limit of effortLimits(release)) losses.push(...(await nearest(built, release, limit)));
    for (const table of llmConfigTables) losses.push(...(await codex(built, release, table)));
    return losses;
  },
};

async function nearest(built: Built, release: string, { table, field, accepted, endpointType }: EffortLimit): Promise<Loss[]> {
  const order = (value: string) => efforts.indexOf(value);
  const models = endpointType === undefined ? 'true' : `t.llm_config ->> 'model_endpoint_type' = ${sqlText(endpointType)}`;
  const losses: Loss[] = [];
  for (const value of efforts.filter((each) => !accepted.includes(each))) {
    const to = [...accepted].sort((a, b) => Math.abs(order(a) - order(value)) - Math.abs(order(b) - order(value)))[0];
    losses.push(
      ...(await change(built, {
        class: 'dropped',
        table,
        column: 'llm_config',
        set: withFields('t.llm_config', { [field]: jsonText(to) }),
        where: `t.llm_config ->> '${field}' in ${sqlList([value])} and ${models}`,
        reason: `Letta ${release} has no ${field} ${value} and could not load the agent: it becomes ${to}, the nearest`,
      })),
    );
  }
  return losses;
}

async function codex(built: Built, release: string, table: string): Promise<Loss[]> {
  const refused = refusedCodexEffort(release, 't.llm_config');
  if (refused === null) return [];
  return change(built, {
    class: 'dropped',
    table,
    column: 'llm_config',
    set: withFields('t.llm_config', { reasoning_effort: jsonText('low') }),
    where: refused,
    reason: `Letta ${release} refuses reasoning_effort minimal for a codex model: it becomes low, the nearest`,
  });
}
