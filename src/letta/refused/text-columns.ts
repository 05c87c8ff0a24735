import { acceptedValues } from '../accepted-values.ts';
import { sqlList } from '../json-sql.ts';

/** A text column that a server reads as an enum. */
export interface TextColumn {
  table: string;
  column: string;
  /** Where `acceptedValues` knows its values. */
  place: string;
}

/** Why something ended. All are optional; a value that the release does not know makes the row unreadable (letta-server.md §7.1). */
export const stopReasonColumns: readonly TextColumn[] = [
  { table: 'agents', column: 'last_stop_reason', place: 'AgentState.last_stop_reason' },
  { table: 'steps', column: 'stop_reason', place: 'Step.stop_reason' },
  { table: 'runs', column: 'stop_reason', place: 'Run.stop_reason' },
  { table: 'jobs', column: 'stop_reason', place: 'Job.stop_reason' },
];

/** How far work has come (`letta/schemas/enums.py`). */
export const statusColumns: readonly TextColumn[] = [
  { table: 'runs', column: 'status', place: 'Run.status' },
  { table: 'jobs', column: 'status', place: 'Job.status' },
  { table: 'llm_batch_job', column: 'status', place: 'LLMBatchJob.status' },
  { table: 'llm_batch_items', column: 'request_status', place: 'LLMBatchItem.request_status' },
  { table: 'llm_batch_items', column: 'step_status', place: 'LLMBatchItem.step_status' },
];

/** What sort of thing a row is, where nothing else looks at it (agents, messages, tools and providers have checks of their own). */
export const kindColumns: readonly TextColumn[] = [
  { table: 'groups', column: 'manager_type', place: 'Group.manager_type' },
  { table: 'identities', column: 'identity_type', place: 'Identity.identity_type' },
  { table: 'jobs', column: 'job_type', place: 'Job.job_type' },
  { table: 'llm_batch_job', column: 'llm_provider', place: 'LLMBatchJob.llm_provider' },
  { table: 'mcp_oauth', column: 'status', place: 'MCPOAuthSession.status' },
  { table: 'mcp_server', column: 'server_type', place: 'MCPServer.server_type' },
  { table: 'steps', column: 'feedback', place: 'Step.feedback' },
];

/**
 * SQL condition: a text is one that the release does not accept at that place. NULL is not.
 * @param value SQL expression of the text
 * @returns null where the release has no such place, or takes any text there
 */
export function refusedText(value: string, place: string, release: string): string | null {
  const accepted = acceptedValues(place, release);
  return accepted === null ? null : `(${value} = '' or ${value} not in ${sqlList(accepted)})`;
}

/**
 * SQL condition over the row `t`: a type of agent that the release does not know, or none: it could not list any of the organisation's
 * agents.
 */
export function refusedAgentType(release: string): string {
  return `(t.agent_type is null or ${refusedText('t.agent_type', 'AgentState.agent_type', release) ?? 'false'})`;
}

/**
 * The roles that a release's messages may have. `function` is in its enum, but `Message.validate_role` (`letta/schemas/message.py`)
 * refuses it in every release.
 */
export function messageRoles(release: string): string[] {
  return (acceptedValues('MessageRole', release) ?? []).filter((role) => role !== 'function');
}

/** SQL condition over the row `t`: a provider's type is one that the release does not know, or none. */
export function refusedProviderType(release: string): string {
  return `(t.provider_type is null or t.provider_type not in ${sqlList(acceptedValues('ProviderType', release) ?? [])})`;
}
