import { listProblems, nothing, objectProblems } from '../json-shape.ts';

/** SQL of a text[]: why a server cannot read a message's calls of tools (`deserialize_tool_calls` in `letta/helpers/converters.py`). */
export function toolCallsProblems(calls: string): string {
  const call = (item: string) =>
    `case when jsonb_typeof(${item}) <> 'object' then array['a call is not an object'] when (${item} -> 'function') is null then array['function'] else ${objectProblems(
      `(${item} -> 'function')`,
      [
        { name: 'name', kind: 'text', required: true },
        { name: 'arguments', kind: 'text', required: true },
      ],
      'function.',
    )} || ${objectProblems(item, [
      { name: 'id', kind: 'text', required: true },
      { name: 'type', kind: 'text', required: true, accepted: ['function'] },
    ])} end`;
  return `case when ${nothing(calls)} then '{}'::text[] else ${listProblems(calls, call)} end`;
}
