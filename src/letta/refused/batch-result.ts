import { nothing, objectProblems } from '../json-shape.ts';

/**
 * SQL of a text[]: why a server cannot read what a provider answered to a batch: `{type, data}`, of Anthropic in every release
 * (`deserialize_create_batch_response` and its neighbours in `letta/helpers/converters.py`).
 * @param presence `required`: it must be there
 */
export function batchResultProblems(presence: 'required' | 'optional'): (result: string) => string {
  const missing = presence === 'required' ? `array['it is missing']` : `'{}'::text[]`;
  return (result) =>
    `case when ${nothing(result)} then ${missing} else ${objectProblems(result, [
      { name: 'type', kind: 'text', required: true, accepted: ['anthropic'] },
      { name: 'data', kind: 'object', required: true },
    ])} end`;
}
