import { acceptedValues } from '../accepted-values.ts';
import { nothing } from '../json-shape.ts';
import { sqlList } from '../json-sql.ts';

/**
 * SQL condition over a row `t` of messages: it has no text to be shown. A message of the system, and a summary, must be one text; one of
 * the user must have at least one part ("no text object on message", `letta/schemas/message.py`). Parts of types that the release does
 * not know do not count; the text of very old rows does (`to_pydantic` in `letta/orm/message.py`). What is no list of parts is left to
 * `messageContentProblems`.
 *
 * @param content SQL expression of the content as jsonb, NULL where it is
 */
export function lacksText(release: string, content: string): string {
  const known = sqlList(acceptedValues('MessageContentType', release) ?? []);
  return `t.role in ('user', 'system', 'summary') and (${nothing(content)} or jsonb_typeof(${content}) = 'array')
    and (select case when count(*) filter (where p.odd) > 0 then false when count(*) filter (where p.type in ${known}) = 0 then coalesce(t.text, '') = ''
                     else t.role <> 'user' and (count(*) filter (where p.type in ${known}) <> 1 or bool_or(p.type in ${known} and p.type <> 'text')) end
           from (select i.item ->> 'type' as type, jsonb_typeof(i.item) <> 'object' as odd
                   from jsonb_array_elements(case when jsonb_typeof(${content}) = 'array' then ${content} end) i(item)) p)`;
}
