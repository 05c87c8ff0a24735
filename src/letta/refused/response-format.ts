import { acceptedValues } from '../accepted-values.ts';
import { nothing, objectProblems } from '../json-shape.ts';

/** SQL of a text[]: why a release refuses an agent's response format (`letta/schemas/response_format.py`). */
export function responseFormatProblems(release: string): (format: string) => string {
  return (format) =>
    `case when ${nothing(format)} then '{}'::text[] else ${objectProblems(format, [
      { name: 'type', kind: 'text', required: true, accepted: acceptedValues('ResponseFormatType', release) ?? [] },
    ])} || case when ${format} ->> 'type' = 'json_schema' then ${objectProblems(format, [{ name: 'json_schema', kind: 'object', required: true }])} else '{}'::text[] end end`;
}
