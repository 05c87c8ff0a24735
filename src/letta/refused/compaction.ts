import { acceptedValues, annotationOf } from '../accepted-values.ts';
import { type FieldShape, nothing, objectProblems, problemsIf } from '../json-shape.ts';
import { sqlList } from '../json-sql.ts';

/** Whether a release has settings of summaries: since 0.16.0 (`letta/services/summarizer/summarizer_config.py`). */
export function hasCompaction(release: string): boolean {
  return annotationOf('CompactionSettings.model', release) !== null;
}

/** Whether they need a model, and a prompt that is not null: up to 0.16.4. */
export function compactionNeedsModel(release: string): boolean {
  return annotationOf('CompactionSettings.model', release) === 'str';
}

/** How summaries may be made; `self_compact_…` came with 0.16.5. */
export function compactionModes(release: string): readonly string[] {
  return acceptedValues('CompactionSettings.mode', release) ?? [];
}

/**
 * SQL condition: settings of a model are of a provider that the release does not know. They are told apart by provider_type, of which
 * `baseten` and `sglang` came with 0.16.7 (`ModelSettingsUnion`).
 * @param settings SQL expression of the object
 */
export function refusedModelSettings(release: string, settings: string): string {
  return `coalesce(${settings} ->> 'provider_type', '') not in ${sqlList(acceptedValues('ModelSettingsUnion.provider_type', release) ?? [])}`;
}

/** SQL of a text[]: why a release refuses an agent's settings of summaries. */
export function compactionProblems(release: string): (settings: string) => string {
  const needed = compactionNeedsModel(release);
  const fields: FieldShape[] = [
    { name: 'model', kind: 'text', ...(needed ? { required: true } : { nullable: true }) },
    { name: 'prompt', kind: 'text', ...(needed ? {} : { nullable: true }) },
    { name: 'prompt_acknowledgement', kind: 'boolean' },
    { name: 'clip_chars', kind: 'integer', nullable: true },
    { name: 'mode', kind: 'text', accepted: compactionModes(release) },
    { name: 'sliding_window_percentage', kind: 'number' },
  ];
  return (settings) =>
    `case when ${nothing(settings)} then '{}'::text[] else ${objectProblems(settings, fields)} || ${problemsIf([
      ['model_settings', unknownProvider(release, `(${settings} -> 'model_settings')`)],
    ])} end`;
}

/** SQL of a text[]: why a release refuses a conversation's settings of its model (`letta/orm/conversation.py`). */
export function modelSettingsProblems(release: string): (settings: string) => string {
  return (settings) => problemsIf([['provider_type', `not ${nothing(settings)} and ${unknownProvider(release, settings)}`]]);
}

const unknownProvider = (release: string, settings: string): string =>
  `${settings} is not null and ${settings} <> 'null' and (jsonb_typeof(${settings}) <> 'object' or ${settings} ->> 'provider_type' is null or ${refusedModelSettings(release, settings)})`;
