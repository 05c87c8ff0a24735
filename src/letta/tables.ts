import type { TableModel } from '../schema/model.ts';

/** `prefix-<uuid4>` ids per table (letta-server.md §2). Link tables have none, nor do prompts. */
const idPrefixes: Readonly<Record<string, readonly string[]>> = {
  agent_environment_variables: ['agent-env'],
  agents: ['agent'],
  archival_passages: ['passage'],
  archives: ['archive'],
  block: ['block'],
  block_history: ['block_hist'],
  conversation_messages: ['conv_msg'],
  conversations: ['conv'],
  file_contents: ['file_content'],
  files: ['file'],
  files_agents: ['file_agent'],
  groups: ['group'],
  identities: ['identity'],
  jobs: ['job', 'run'], // until 0.11.x a run was a job with job_type 'run'
  llm_batch_items: ['batch_item'],
  llm_batch_job: ['batch_req'],
  mcp_oauth: ['mcp-oauth'],
  mcp_server: ['mcp_server'],
  mcp_tools: ['mcp-tool-mapping'],
  messages: ['message'],
  organizations: ['org'],
  passage_tags: ['passage-tag'],
  provider_models: ['model'],
  provider_traces: ['provider_trace'],
  providers: ['provider'],
  run_metrics: ['run'], // the id of its run
  runs: ['run'],
  sandbox_configs: ['sandbox'],
  sandbox_environment_variables: ['sandbox-env'],
  source_passages: ['passage'],
  sources: ['source'], // "folders" in the API
  step_metrics: ['step'], // the id of its step
  steps: ['step'],
  tools: ['tool'],
  users: ['user'],
};

/** The prefixes that the ids of one of Letta's tables may have; empty where ids have none. */
export function idPrefixesOf(table: string): readonly string[] {
  return idPrefixes[table] ?? [];
}

/**
 * The column along which a table grows, so that new rows come last: `sequence_id` for messages (global order,
 * letta-server.md §3), else `created_at`; null when there is neither.
 */
export function growingKeyOf(table: TableModel): string | null {
  if (table.schema === null && table.name === 'messages' && has(table, 'sequence_id')) return 'sequence_id';
  return table.columns.some(({ name, type }) => name === 'created_at' && type.startsWith('timestamp')) ? 'created_at' : null;
}

/** The column that says whose row it is (organisation; a user for jobs of 0.11.x and older), null when only another table knows. */
export function tenantColumnOf(table: TableModel): string | null {
  if (table.schema !== null) return null;
  if (table.name === 'organizations') return 'id';
  if (has(table, 'organization_id')) return 'organization_id';
  return has(table, 'user_id') ? 'user_id' : null;
}

/** The column that says which agent a row belongs to, null when none does directly. */
export function agentColumnOf(table: TableModel): string | null {
  if (table.schema !== null) return null;
  if (table.name === 'agents') return 'id';
  return has(table, 'agent_id') ? 'agent_id' : null;
}

function has(table: TableModel, column: string): boolean {
  return table.columns.some(({ name }) => name === column);
}
