/** JSON as Letta's columns hold it (letta-server.md §4), for what its servers refuse to read in any other form. */
export const llmConfig = {
  model: 'gpt-4o-mini',
  model_endpoint_type: 'openai',
  model_endpoint: 'https://api.openai.com/v1',
  context_window: 128000,
  put_inner_thoughts_in_kwargs: true,
};

export const embeddingConfig = {
  embedding_endpoint_type: 'openai',
  embedding_endpoint: 'https://api.openai.com/v1',
  embedding_model: 'text-embedding-3-small',
  embedding_dim: 1536,
  embedding_chunk_size: 300,
};

const toolCalls = [{ id: 'call_1', type: 'function', function: { name: 'send_message', arguments: '{"message": "hello"}' } }];

const shapes: Readonly<Record<string, readonly unknown[]>> = {
  'agents.embedding_config': [embeddingConfig],
  'agents.llm_config': [llmConfig],
  'agents.message_ids': [[], ['message-00000000-0000-4000-8000-00000000dead']],
  'agents.response_format': [{ type: 'json_object' }],
  'agents.tool_names': [[], ['send_message', 'core_memory_append']],
  'agents.tool_rules': [[], [{ type: 'exit_loop', tool_name: 'send_message' }]],
  'archival_passages.embedding_config': [embeddingConfig],
  'archival_passages.tags': [[], ['a', 'b']],
  'archives.embedding_config': [embeddingConfig],
  'agent_passages.embedding_config': [embeddingConfig],
  'passages.embedding_config': [embeddingConfig],
  'source_passages.embedding_config': [embeddingConfig],
  'sources.embedding_config': [embeddingConfig],
  'groups.agent_ids': [[]],
  'identities.properties': [[], [{ key: 'level', value: 3, type: 'number' }]],
  'jobs.metadata_': [{ type: 'embedding' }, {}],
  'llm_batch_items.llm_config': [llmConfig],
  'llm_batch_items.step_state': [{ step_number: 0, tool_rules_solver: null }],
  'mcp_server.custom_headers': [{ 'X-Team': 'red' }],
  'mcp_server.stdio_config': [{ server_name: 'local', type: 'stdio', command: 'npx', args: ['-y', 'x'], env: { TOKEN: 'clear' } }],
  'messages.content': [[{ type: 'text', text: 'hello' }], []],
  'messages.tool_calls': [[], toolCalls],
  'messages.tool_returns': [[{ tool_call_id: 'call_1', status: 'success', stdout: [], stderr: [] }]],
  'messages.approvals': [[{ type: 'approval', tool_call_id: 'call_1', approve: true }]],
  'tools.json_schema': [{ name: 'f', description: '', parameters: { type: 'object', properties: {} } }],
  'tools.tags': [[], ['extras']],
  'tools.pip_requirements': [[{ name: 'httpx', version: '0.27.0' }]],
  'tools.npm_requirements': [[{ name: 'zod', version: null }]],
};

/** The forms that a JSON column has besides SQL NULL and JSON null; null where any JSON will do. */
export function shapesOf(table: string, column: string): string[] | null {
  const found = shapes[`${table}.${column}`];
  return found === undefined ? null : found.map((shape) => JSON.stringify(shape));
}
