import { acceptedValues } from '../accepted-values.ts';
import { type FieldShape, listProblems, nothing, objectProblems } from '../json-shape.ts';
import { sqlList, sqlText } from '../json-sql.ts';
import { isSince } from '../serving-release.ts';

/** What each part of a message needs (`letta/schemas/letta_message_content.py`). */
function partFields(release: string): Record<string, FieldShape[]> {
  return {
    text: [{ name: 'text', kind: 'text', required: true }],
    tool_call: [
      { name: 'id', kind: 'text', required: true },
      { name: 'name', kind: 'text', required: true },
      { name: 'input', kind: 'object', required: true },
    ],
    tool_return: [
      { name: 'tool_call_id', kind: 'text', required: true },
      { name: 'content', kind: 'text', required: true },
      { name: 'is_error', kind: 'boolean', required: true },
    ],
    reasoning: [
      { name: 'is_native', kind: 'boolean', required: true },
      { name: 'reasoning', kind: 'text', required: true },
    ],
    redacted_reasoning: [{ name: 'data', kind: 'text', required: true }],
    ...(isSince(release, '0.12.0') && {
      summarized_reasoning: [
        { name: 'id', kind: 'text', required: true },
        { name: 'summary', kind: 'list', required: true },
        { name: 'encrypted_content', kind: 'text' },
      ],
    }),
  };
}

/**
 * SQL of a text[]: why a release refuses the parts of a message (`deserialize_message_content` in `letta/helpers/converters.py`). Of an
 * image the source must be Letta's own, which names a file. Parts of an unknown type are no problem: they are skipped.
 */
export function messageContentProblems(release: string): (content: string) => string {
  const cases = Object.entries(partFields(release)).map(
    ([type, fields]) => `when ${sqlText(type)} then ${objectProblems('p.item', fields, `${type}.`)}`,
  );
  const source = `(p.item -> 'source')`;
  const image = `when 'image' then case when ${source} ->> 'type' = 'letta' then ${objectProblems(source, [{ name: 'file_id', kind: 'text', required: true }], 'image.source.')} else array['image.source.type'] end`;
  const part =
    () => `case when ${nothing('p.item')} then '{}'::text[] when jsonb_typeof(p.item) <> 'object' then array['a part is not an object']
      else case p.item ->> 'type' ${cases.join(' ')} ${image} else '{}'::text[] end end`;
  return (content) => `case when ${nothing(content)} then '{}'::text[] else ${listProblems(content, part, 'p')} end`;
}

/** SQL of a text[]: the types of those parts of a message that a release does not know, and leaves out without a word. */
export function hiddenParts(release: string): (content: string) => string {
  const known = sqlList(acceptedValues('MessageContentType', release) ?? []);
  return (content) =>
    `array(select distinct 'type "' || left(p.item ->> 'type', 40) || '"' from jsonb_array_elements(case when jsonb_typeof(${content}) = 'array' then ${content} end) p(item) where jsonb_typeof(p.item) = 'object' and p.item ->> 'type' not in ${known})`;
}
