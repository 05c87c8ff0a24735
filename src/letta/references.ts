/** A reference between Letta's tables that no foreign key guards. */
export interface Reference {
  table: string;
  column: string;
  /** `id`: the column holds one id; `ids`: a JSON list of ids. */
  holds: 'id' | 'ids';
  target: string;
  /** What a server does about a reference to nothing. */
  effect: string;
}

/**
 * References without a foreign key (letta-server.md §2.2). Which of the columns exist depends on the release; ask the
 * schema model. `_created_by_id` and the like are unconstrained on purpose and are not listed.
 */
export const unguardedReferences: readonly Reference[] = [
  {
    table: 'agents',
    column: 'message_ids',
    holds: 'ids',
    target: 'messages',
    effect: 'the agent forgets that message, and its export fails with 500',
  },
  { table: 'groups', column: 'agent_ids', holds: 'ids', target: 'agents', effect: 'the group cannot be loaded' },
  { table: 'groups', column: 'last_processed_message_id', holds: 'id', target: 'messages', effect: 'the sleeptime agent loses its place' },
  { table: 'messages', column: 'group_id', holds: 'id', target: 'groups', effect: 'the message belongs to no group' },
  { table: 'messages', column: 'batch_item_id', holds: 'id', target: 'llm_batch_items', effect: 'the batch cannot be traced' },
  { table: 'messages', column: 'approval_request_id', holds: 'id', target: 'messages', effect: 'the approval answers nothing' },
  {
    table: 'steps',
    column: 'agent_id',
    holds: 'id',
    target: 'agents',
    effect: 'the step belongs to an agent that is gone (usual after an agent was deleted)',
  },
  { table: 'mcp_tools', column: 'mcp_server_id', holds: 'id', target: 'mcp_server', effect: 'the tool has no server' },
  { table: 'mcp_tools', column: 'tool_id', holds: 'id', target: 'tools', effect: 'the mapping leads nowhere' },
];
