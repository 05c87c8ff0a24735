import { readableElements } from '../../letta/json-sql.ts';
import { refusedToolMessage } from '../../letta/refused/tool-messages.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** What a tool returned, where the release shows it from the message's content, which must be one text. */
export const toolMessagesRule: AdaptRule = {
  name: 'tool-messages',
  applies: (release) => refusedToolMessage(release) !== null,
  run: async (built, release) => {
    const refused = refusedToolMessage(release);
    if (refused === null) return [];
    const returns = readableElements('t.tool_returns', 'r');
    const parts = readableElements('t.content', 'p');
    const count = (column: string) => `coalesce(case when json_typeof(${column}) = 'array' then json_array_length(${column}) end, 0)`;
    const answers = `(select string_agg(r.item ->> 'func_response', chr(10) order by r.n) from ${returns})`;
    const texts = `(select string_agg(p.item ->> 'text', chr(10) order by p.n) from ${parts})`;
    const failed = `exists (select from ${returns} where r.item ->> 'status' = 'error')`;
    // What package_function_response in letta/system.py makes: the text is parsed as an object again.
    const packed = `'{"status": "' || case when ${failed} then 'Failed' else 'OK' end || '", "message": ' || to_json(coalesce(${answers}, ${texts}, ''))::text || '}'`;
    const text = `case when ${count('t.tool_returns')} = 1 then coalesce(${answers}, ${packed}) else ${packed} end`;
    return change(built, {
      class: 'derived',
      table: 'messages',
      column: 'content',
      set: `('[{"type": "text", "text": ' || to_json(${text})::text || '}]')::json`,
      where: refused,
      reason: `Letta ${release} shows what a tool returned from one text, and could not list the agent's messages: it gets one, made of what the message holds about the returns`,
    });
  },
};
