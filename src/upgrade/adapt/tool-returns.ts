import { elements, readableElements, withFields } from '../../letta/json-sql.ts';
import { takesOnlyTextReturns } from '../../letta/refused/tool-messages.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** A list of texts and images as what a tool returned, where the release takes a text only. */
export const toolReturnsRule: AdaptRule = {
  name: 'tool-returns',
  applies: takesOnlyTextReturns,
  run: async (built, release) => {
    const losses: Loss[] = [];
    for (const column of ['tool_returns', 'approvals']) {
      const items = readableElements(`t.${column}`, 'r');
      const isList = `coalesce(json_typeof(r.item -> 'func_response'), '') = 'array'`;
      const parts = elements(`(r.item -> 'func_response')`, 'p');
      const isText = `p.item ->> 'type' = 'text' and p.item ->> 'text' is not null`;
      const text = `(select string_agg(case when ${isText} then p.item ->> 'text' else '[' || coalesce(p.item ->> 'type', 'unknown') || ']' end, chr(10) order by p.n) from ${parts})`;
      // What the server shows of it is parsed as an object again (`package_function_response`, `_parse_tool_response`).
      const status = `case r.item ->> 'status' when 'success' then 'OK' else 'Failed' end`;
      const packed = `'{"status": "' || ${status} || '", "message": ' || to_json(coalesce(${text}, ''))::text || '}'`;
      const flat = withFields('r.item', { func_response: `to_json(${packed})::text` });
      const report = (kind: 'derived' | 'dropped', where: string, reason: string) =>
        change(built, {
          class: kind,
          table: 'messages',
          column,
          set: `(select '[' || string_agg(case when ${isList} then (${flat})::text else r.exact::text end, ', ' order by r.n) || ']' from ${items})::json`,
          where: `exists (select from ${items} where ${isList}) and ${where}`,
          reason: `Letta ${release} takes only a text as what a tool returned, and could not list the agent's messages: ${reason}`,
        });
      const image = `exists (select from ${items}, ${parts} where ${isList} and not coalesce(${isText}, false))`;
      losses.push(
        ...(await report('derived', `not ${image}`, 'the parts become one text')),
        ...(await report('dropped', 'true', 'the parts become one text, with [image] where an image was')),
      );
    }
    return losses;
  },
};
