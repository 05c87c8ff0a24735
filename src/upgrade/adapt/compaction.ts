import { isNothing, sqlList, withFields } from '../../letta/json-sql.ts';
import { compactionModes, compactionNeedsModel, hasCompaction, refusedModelSettings } from '../../letta/refused/compaction.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/**
 * Settings of summaries exist since 0.16.0. Up to 0.16.4 they need a model and must not have a prompt of null; `self_compact_…`
 * came with 0.16.5 (`letta/services/summarizer/summarizer_config.py`).
 */
export const compactionRule: AdaptRule = {
  name: 'compaction',
  applies: hasCompaction,
  run: async (built, release) => {
    const settings = 't.compaction_settings';
    const on = { table: 'agents', column: 'compaction_settings' };
    const there = `json_typeof(${settings}) = 'object'`;
    const losses = [
      ...(await change(built, {
        ...on,
        class: 'dropped',
        set: withFields(settings, { mode: `to_json(replace(${settings} ->> 'mode', 'self_compact_', ''))::text` }),
        where: `${there} and ${settings} ->> 'mode' like 'self\\_compact\\_%' and ${settings} ->> 'mode' not in ${sqlList(compactionModes(release))}`,
        reason: `in Letta ${release} an agent cannot make summaries by itself, and could not be loaded: a model makes them of the same messages`,
      })),
      ...(await change(built, {
        ...on,
        class: 'dropped',
        set: withFields(settings, { model_settings: null }),
        where: `${there} and not ${isNothing(`(${settings} -> 'model_settings')`)} and ${refusedModelSettings(release, `(${settings} -> 'model_settings')`)}`,
        reason: `Letta ${release} does not know the provider of the model that makes summaries, and could not load the agent: the model's settings are left out`,
      })),
      ...(await change(built, {
        table: 'conversations',
        column: 'model_settings',
        class: 'dropped',
        set: 'null',
        where: `not ${isNothing('t.model_settings')} and ${refusedModelSettings(release, 't.model_settings')}`,
        reason: `Letta ${release} does not know the provider of the conversation's model, and could not list the conversations: the model's settings are left out`,
      })),
    ];
    if (!compactionNeedsModel(release)) return losses;
    const noModel = `${there} and coalesce(${settings} ->> 'model', '') = ''`;
    return [
      ...losses,
      ...(await change(built, {
        ...on,
        class: 'derived',
        set: withFields(settings, { prompt: null }),
        where: `${there} and json_typeof(${settings} -> 'prompt') = 'null'`,
        reason: `Letta ${release} refuses a prompt of null for summaries: it is left out, which means the server's own`,
      })),
      ...(await change(built, {
        ...on,
        class: 'derived',
        set: withFields(settings, { model: `to_json(t.llm_config ->> 'handle')::text` }),
        where: `${noModel} and coalesce(t.llm_config ->> 'handle', '') <> ''`,
        reason: `Letta ${release} needs a model for summaries and could not load the agent: it gets the agent's own`,
      })),
      ...(await change(built, {
        ...on,
        class: 'dropped',
        set: 'null',
        where: noModel,
        reason: `Letta ${release} needs a model for summaries and could not load the agent, whose own has no handle: the settings are left out`,
      })),
    ];
  },
};
