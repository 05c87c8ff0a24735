import { annotationOf } from '../accepted-values.ts';
import { type FieldShape, listProblems, nothing, objectProblems } from '../json-shape.ts';
import { isNothing, readable } from '../json-sql.ts';
import { isSince } from '../serving-release.ts';

/**
 * SQL condition over the row `t`: up to 0.11.7 what a tool returned is shown from the message's content, which must be one text ("Invalid
 * tool return", `letta/schemas/message.py`); since 0.12.0 from tool_returns, of which there may be several, with a text for each or with
 * none. null where it is not refused.
 */
export function refusedToolMessage(release: string): string | null {
  if (isSince(release, '0.12.0')) return null;
  const count = `coalesce(case when json_typeof(t.content) = 'array' then json_array_length(t.content) end, 0)`;
  const oneText = `${count} = 1 and coalesce((${readable('t.content')}) -> 0 ->> 'type', '') = 'text'`;
  const legacy = `${isNothing('t.content')} and t.text is not null`;
  return `t.role = 'tool' and not (${oneText}) and not (${legacy})`;
}

/**
 * Whether a release takes only a text as what a tool returned: from 0.12.0 to 0.16.2. Before, there was no such field, so that it is
 * ignored; since 0.16.4 it may be a list of texts and images (`ToolReturn.func_response` in `letta/schemas/message.py`).
 */
export function takesOnlyTextReturns(release: string): boolean {
  const annotation = annotationOf('ToolReturn.func_response', release);
  return annotation !== null && !annotation.includes('List');
}

/** SQL of a text[]: why a release refuses a message's list of what tools returned. */
export function toolReturnsProblems(release: string): (returns: string) => string {
  const item = toolReturnProblems(release);
  return (returns) => `case when ${nothing(returns)} then '{}'::text[] else ${listProblems(returns, item)} end`;
}

/** The same of one of them. */
export function toolReturnProblems(release: string): (item: string) => string {
  const response = (item: string) => `(${item} -> 'func_response')`;
  const known = annotationOf('ToolReturn.func_response', release) !== null;
  const types = takesOnlyTextReturns(release) ? `('string', 'null')` : `('string', 'null', 'array')`;
  return (item) =>
    known
      ? `(${objectProblems(item, fields)} || case when ${response(item)} is not null and jsonb_typeof(${response(item)}) not in ${types} then array['func_response'] else '{}'::text[] end)`
      : objectProblems(item, fields);
}

const fields: FieldShape[] = [
  { name: 'status', kind: 'text', required: true, accepted: ['success', 'error'] },
  { name: 'stdout', kind: 'list', nullable: true },
  { name: 'stderr', kind: 'list', nullable: true },
];
