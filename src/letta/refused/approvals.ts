import { acceptedValues } from '../accepted-values.ts';
import { type FieldShape, listProblems, nothing, objectProblems, problemsIf } from '../json-shape.ts';
import { isSince } from '../serving-release.ts';
import { toolReturnProblems } from './tool-messages.ts';

/**
 * SQL conditions over a message: requests for approval, and answers to them, that a release cannot show. Approvals came with 0.11.7: a
 * request (role `approval` with tool calls), its answer (without), then the tool's return. 0.11.7 shows requests for one call only, and up
 * to 0.12.1 an answer needs `approve` and `approval_request_id`, which later servers leave empty when the client sends a list of approvals
 * (`to_letta_messages` in `letta/schemas/message.py`). Since 0.13.0 it shows all.
 *
 * @returns conditions that are given the row's alias; null where the release shows all
 */
export function refusedApprovals(release: string): Record<'request' | 'answer', (row: string) => string> | null {
  if (isSince(release, '0.13.0')) return null;
  const calls = (row: string) =>
    `coalesce(case when json_typeof(${row}.tool_calls) = 'array' then json_array_length(${row}.tool_calls) end, 0)`;
  const role = (row: string) => `${row}.role = 'approval'`;
  if (!acceptedValues('MessageRole', release)?.includes('approval'))
    return { request: (row) => `(${role(row)} and ${calls(row)} > 0)`, answer: (row) => `(${role(row)} and ${calls(row)} = 0)` };
  return {
    request: (row) => (isSince(release, '0.12.0') ? 'false' : `(${role(row)} and ${calls(row)} > 1)`),
    answer: (row) => `(${role(row)} and ${calls(row)} = 0 and (${row}.approve is null or ${row}.approval_request_id is null))`,
  };
}

/** SQL of a text[]: why a server cannot read a message's list of approvals (`deserialize_approvals` in `letta/helpers/converters.py`). */
export function approvalsProblems(approvals: string): string {
  const item = (json: string) => problemsIf([['an answer is not an object', `jsonb_typeof(${json}) <> 'object'`]]);
  return `case when ${nothing(approvals)} then '{}'::text[] else ${listProblems(approvals, item)} end`;
}

/** SQL of a text[]: why a release skips items of that list: they are neither approvals nor returns of tools, or not complete. */
export function hiddenApprovals(release: string): (approvals: string) => string {
  const ofReturn = toolReturnProblems(release);
  const item = (json: string) => `case when jsonb_typeof(${json}) <> 'object' then '{}'::text[]
    when ${json} ->> 'type' = 'approval' then ${objectProblems(json, approvalFields)}
    when ${json} -> 'status' is not null then ${ofReturn(json)} else array['neither type nor status'] end`;
  return (approvals) =>
    `case when ${nothing(approvals)} or jsonb_typeof(${approvals}) <> 'array' then '{}'::text[] else ${listProblems(approvals, item)} end`;
}

const approvalFields: FieldShape[] = [
  { name: 'tool_call_id', kind: 'text', required: true },
  { name: 'approve', kind: 'boolean', required: true },
  { name: 'reason', kind: 'text', nullable: true },
];
