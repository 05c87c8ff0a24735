import { acceptedValues } from '../accepted-values.ts';
import { nothing } from '../json-shape.ts';
import { readableElements, sqlList } from '../json-sql.ts';

/**
 * SQL condition over a row `t` of messages: it has no text to be shown. A message of the system, and a summary, must be one text; one of
 * the user must have at least one part ("no text object on message", `letta/schemas/message.py`). Parts of types that the release does
 * not know do not count; the text of very old rows does (`to_pydantic` in `letta/orm/message.py`). What is no list of parts is left to
 * `messageContentProblems`.
 */
export function lacksText(release: string): string {
  const known = sqlList(acceptedValues('MessageContentType', release) ?? []);
  return `t.role in ('user', 'system', 'summary') and (${nothing('t.content')} or json_typeof(t.content) = 'array')
    and (select case when count(*) filter (where p.odd) > 0 then false when count(*) filter (where p.type in ${known}) = 0 then coalesce(t.text, '') = ''
                     else t.role <> 'user' and (count(*) filter (where p.type in ${known}) <> 1 or bool_or(p.type in ${known} and p.type <> 'text')) end
           from (select case when json_typeof(i.item) = 'object' then i.item ->> 'type' end as type, json_typeof(i.item) <> 'object' as odd
                   from ${readableElements('t.content', 'i')}) p)`;
}
