/** A reference between Letta's tables that no foreign key guards. */
export interface Reference {
  table: string;
  column: string;
  /** `id`: the column holds one id; `ids`: a JSON list of ids; `path`: a JSON object that holds one id there. */
  holds: 'id' | 'ids' | { path: readonly string[] };
  /** Only values that begin so: a column may hold ids of several tables. */
  prefix?: string;
  /** With a path: only where the object has no such key; a server that finds one reads that instead. */
  unless?: readonly string[];
  target: string;
  /** The column of the target that the value is in; default: `id`. */
  targetColumn?: string;
  /** What a server does about a reference to nothing. */
  effect: string;
  /** `note`: what it led to is usually gone in the course of things. */
  severity: 'warning' | 'note';
}

/**
 * References without a foreign key (letta-server.md §2.2). Which of the columns exist depends on the release; ask the
 * schema model. `agents.message_ids` has checks of its own, as an agent answers from it. `_created_by_id` and the like
 * are unconstrained on purpose and are not listed, nor are ids that Letta’s cloud gives (projects, templates).
 */
export const unguardedReferences: readonly Reference[] = [
  one('groups', 'last_processed_message_id', 'messages', 'the sleeptime agent loses its place and takes the latest messages'),
  { ...one('groups', 'agent_ids', 'agents', 'the group names a member that does not exist'), holds: 'ids' },
  one('messages', 'group_id', 'groups', 'the message belongs to a group that is gone', 'note'),
  one('messages', 'batch_item_id', 'llm_batch_items', 'the batch that wrote the message cannot be traced', 'note'),
  one('messages', 'approval_request_id', 'messages', 'the approval answers a request that is gone'),
  { ...one('messages', 'sender_id', 'agents', 'the agent that sent the message is gone', 'note'), prefix: 'agent-' },
  { ...one('messages', 'sender_id', 'identities', 'the identity that sent the message is gone', 'note'), prefix: 'identity-' },
  one('steps', 'agent_id', 'agents', 'the step belongs to an agent that is gone (usual after an agent was deleted)', 'note'),
  one('provider_traces', 'step_id', 'steps', 'the trace is found by no step', 'note'),
  one('provider_traces', 'run_id', 'runs', 'the trace is found by no run', 'note'),
  one('provider_traces', 'agent_id', 'agents', 'the trace belongs to an agent that is gone', 'note'),
  one('provider_trace_metadata', 'step_id', 'steps', 'the trace is found by no step', 'note'),
  one('provider_trace_metadata', 'run_id', 'runs', 'the trace is found by no run', 'note'),
  one('provider_trace_metadata', 'agent_id', 'agents', 'the trace belongs to an agent that is gone', 'note'),
  { ...one('run_metrics', 'tools_used', 'tools', 'the run used a tool that is gone', 'note'), holds: 'ids' },
  one('mcp_tools', 'mcp_server_id', 'mcp_server', 'the tool has no server to run on'),
  one('mcp_tools', 'tool_id', 'tools', 'the mapping leads to no tool'),
  { ...one('tools', 'metadata_', 'mcp_server', 'the tool has no server to run on'), holds: { path: ['mcp', 'server_id'] } },
  // Up to 0.9.0 a tool was given the name only (letta/services/tool_manager.py); exports read it where there is no id
  // (_extract_unique_mcp_servers of letta/services/agent_serialization_manager.py, since 0.9.1). Calls go by the tag, which mcp-tool-server looks at.
  {
    ...one('tools', 'metadata_', 'mcp_server', 'an export of its agents (since 0.9.1) leaves the server out', 'note'),
    holds: { path: ['mcp', 'server_name'] },
    unless: ['mcp', 'server_id'],
    targetColumn: 'server_name',
  },
  { ...one('jobs', 'metadata_', 'agents', 'the job belongs to an agent that is gone', 'note'), holds: { path: ['agent_id'] } },
  { ...one('jobs', 'metadata_', 'sources', 'the job filled a folder that is gone', 'note'), holds: { path: ['source_id'] } },
];

function one(table: string, column: string, target: string, effect: string, severity: Reference['severity'] = 'warning'): Reference {
  return { table, column, holds: 'id', target, effect, severity };
}
