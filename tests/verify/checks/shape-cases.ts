import type { FixtureName } from '../../support/fixtures.ts';

/** A value that is planted in one row, and what is found there. */
export interface ShapeCase {
  name: string;
  table: string;
  /** SQL condition: the row with the smallest id of these gets it. */
  row?: string;
  /** SQL assignments. */
  set: string;
  /** A statement more; $id is the row. */
  also?: string;
  /** The code that is found at `where`; undefined: the server takes the value, and nothing is. */
  code?: string;
  /** `column` of the table; the table alone: ''. */
  at?: string;
  /** Part of what the finding says. */
  says?: RegExp;
}

const llm = (fields: string): string => `llm_config = (llm_config::jsonb || '${fields}')::json`;
const without = (column: string, field: string): string => `${column} = (${column}::jsonb - '${field}')::json`;
const llmCase = (name: string, set: string, says?: RegExp): ShapeCase => ({
  name,
  table: 'agents',
  set,
  ...(says && { code: 'llm-config-refused', at: 'llm_config', says }),
});
const embeddingCase = (name: string, table: string, set: string, says?: RegExp): ShapeCase => ({
  name,
  table,
  set,
  ...(says && { code: 'embedding-config-refused', at: 'embedding_config', says }),
});
const agentCase = (name: string, column: string, value: string, code?: string, says?: RegExp): ShapeCase => ({
  name,
  table: 'agents',
  set: `${column} = '${value}'`,
  ...(code && { code, at: column }),
  ...(says && { says }),
});
const messageCase = (name: string, column: string, value: string, code?: string, says?: RegExp): ShapeCase => ({
  name,
  table: 'messages',
  row: `role = 'user' and tool_calls::text = '[]' and text is null`,
  set: `${column} = '${value}'`,
  ...(code && { code, at: code === 'message-form-refused' ? '' : column }),
  ...(says && { says }),
});

const anywhere: ShapeCase[] = [
  llmCase('a provider of models that nobody knows', llm('{"model_endpoint_type": "from_tomorrow"}'), /model_endpoint_type "from_tomorrow"/),
  llmCase('no context window', llm('{"model": "m", "context_window": null}'), /: context_window$/),
  llmCase('a context window in words', llm('{"context_window": "large"}'), /: context_window$/),
  llmCase('no temperature', llm('{"temperature": null}'), /: temperature$/),
  llmCase('an effort that nobody knows', llm('{"reasoning_effort": "huge"}'), /reasoning_effort "huge"/),
  llmCase('a text for a configuration', `llm_config = '"gpt"'`, /it is not an object/),
  llmCase('an empty configuration', `llm_config = '{}'`, /it is missing/),
  llmCase('a context window as a text of digits', llm('{"context_window": "8000", "max_tokens": 4096.0, "temperature": "0.5"}')),
  llmCase(
    'a field of tomorrow, with half a surrogate pair',
    `llm_config = (replace(llm_config::text, '"model":', '"odd": "\\ud83d", "model":'))::json`,
  ),
  embeddingCase('no dimension', 'agents', without('embedding_config', 'embedding_dim'), /: embedding_dim$/),
  embeddingCase(
    'a folder by Cohere',
    'sources',
    `embedding_config = (embedding_config::jsonb || '{"embedding_endpoint_type": "cohere2"}')::json`,
    /"cohere2"/,
  ),
  agentCase(
    'a rule of tomorrow',
    'tool_rules',
    '[{"type": "from_tomorrow", "tool_name": "a"}]',
    'tool-rules-refused',
    /type "from_tomorrow"/,
  ),
  agentCase(
    'a rule with a field too many',
    'tool_rules',
    '[{"type": "exit_loop", "tool_name": "a", "x": null}]',
    'tool-rules-refused',
    /exit_loop\.x/,
  ),
  agentCase('a rule without its tool', 'tool_rules', '[{"type": "exit_loop"}]', 'tool-rules-refused', /tool_name/),
  agentCase(
    'a rule without children',
    'tool_rules',
    '[{"type": "constrain_child_tools", "tool_name": "a"}]',
    'tool-rules-refused',
    /children/,
  ),
  agentCase('rules that are no list', 'tool_rules', '{"type": "exit_loop"}', 'tool-rules-refused', /not a list/),
  agentCase(
    'rules of every type',
    'tool_rules',
    '[{"type": "max_count_per_step", "tool_name": "a", "max_count_limit": "2"}, {"type": "continue_loop", "tool_name": "a", "prompt_template": null}, {"type": "conditional", "tool_name": "a", "child_output_mapping": {"a": "b"}}]',
  ),
  agentCase('a response format of tomorrow', 'response_format', '{"type": "yaml"}', 'response-format-refused', /type "yaml"/),
  agentCase('a response format without a type', 'response_format', '{"json_schema": {}}', 'response-format-refused', /: type$/),
  agentCase(
    'a response format without its schema',
    'response_format',
    '{"type": "json_schema"}',
    'response-format-refused',
    /: json_schema$/,
  ),
  agentCase('a response format with its schema', 'response_format', '{"type": "json_schema", "json_schema": {"schema": {}}}'),
  agentCase('a type of agent of tomorrow', 'agent_type', 'from_tomorrow', 'agent-type-unknown', /from_tomorrow/),
  agentCase('metadata that is a list', 'metadata_', '[1]', 'json-kind-refused', /a JSON array/),
  agentCase('no metadata', 'metadata_', 'null'),
  messageCase('a role that no message may have', 'role', 'function', 'message-role-unknown', /function/),
  messageCase('a text without text', 'content', '[{"type": "text"}]', 'message-content-refused', /text\.text/),
  messageCase(
    "an image that is not Letta's own",
    'content',
    '[{"type": "image", "source": {"type": "base64", "data": ""}}]',
    'message-content-refused',
    /image\.source\.type/,
  ),
  messageCase('content that is no list', 'content', '{"type": "text", "text": "a"}', 'message-content-refused', /not a list/),
  messageCase('a text for a part', 'content', '["a"]', 'message-content-refused', /a part is not an object/),
  messageCase('no text at all', 'content', '[]', 'message-form-refused', /message without text/),
  agentCase(
    'a condition without cases',
    'tool_rules',
    '[{"type": "conditional", "tool_name": "a", "child_output_mapping": {}}]',
    'tool-rules-refused',
    /: child_output_mapping$/,
  ),
  messageCase(
    'a part of tomorrow',
    'content',
    '[{"type": "hologram"}, {"type": "text", "text": "\\u0000 and \\ud83d"}]',
    'message-part-hidden',
    /type "hologram"/,
  ),
  messageCase('parts with U+0000 and half a surrogate pair', 'content', '[{"type": "text", "text": "\\u0000 and \\ud83d"}]'),
  messageCase('calls that are no list', 'tool_calls', '{"id": "a"}', 'tool-calls-refused', /not a list/),
  messageCase('a call without a function', 'tool_calls', '[{"id": "a", "type": "function"}]', 'tool-calls-refused', /function/),
  messageCase('a return of no known status', 'tool_returns', '[{"status": "maybe"}]', 'tool-returns-refused', /status "maybe"/),
  {
    name: 'members that are no list',
    table: 'groups',
    set: `agent_ids = '{}'`,
    also: `delete from groups_agents where group_id = '$id'`,
    code: 'json-kind-refused',
    at: 'agent_ids',
    says: /a JSON object/,
  },
  {
    name: 'an identity of tomorrow',
    table: 'identities',
    set: `identity_type = 'oracle'`,
    code: 'kind-unknown',
    at: 'identity_type',
    says: /oracle/,
  },
  {
    name: 'a stdio server without a command',
    table: 'mcp_server',
    row: `server_type = 'stdio'`,
    set: `stdio_config = '{"args": [], "server_name": "a", "type": "stdio"}'`,
    code: 'stdio-config-refused',
    at: 'stdio_config',
    says: /: command$/,
  },
  {
    name: 'a batch of another provider',
    table: 'llm_batch_job',
    set: `latest_polling_response = '{"type": "openai", "data": {}}'`,
    code: 'batch-result-refused',
    at: 'latest_polling_response',
    says: /type "openai"/,
  },
  {
    name: 'a result of another provider',
    table: 'llm_batch_items',
    set: `batch_request_result = '{"type": "openai", "data": {}}'`,
    code: 'batch-result-refused',
    at: 'batch_request_result',
    says: /type "openai"/,
  },
  {
    name: 'a provider of tomorrow',
    table: 'providers',
    set: `provider_type = 'oracle', is_deleted = false`,
    code: 'provider-refused',
    at: '',
    says: /oracle/,
  },
  { name: 'a provider of tomorrow that is deleted', table: 'providers', set: `provider_type = 'oracle', is_deleted = true` },
];

/** What only newer, or only older, releases take. */
export const shapeCases: Partial<Record<FixtureName, readonly ShapeCase[]>> = {
  'letta-0.16.8': [
    ...anywhere,
    {
      name: 'a run that asked for messages of tomorrow',
      table: 'runs',
      set: `request_config = '{"include_return_message_types": ["hologram_message", "user_message"]}'`,
      code: 'return-types-unknown',
      at: 'request_config',
      says: /type "hologram_message"$/,
    },
    llmCase('Ollama as 0.11.3 wrote it', llm('{"model_endpoint_type": "ollama"}'), /model_endpoint_type "ollama"/),
    llmCase('a model whose window the server knows', llm('{"model": "gpt-4o-mini", "context_window": null}')),
    llmCase('a codex model with minimal effort', llm('{"model": "gpt-5-codex", "reasoning_effort": "minimal"}'), /codex/),
    llmCase('the highest efforts', llm('{"model_endpoint_type": "anthropic", "reasoning_effort": "xhigh", "effort": "max"}')),
    agentCase('a mode of summaries of tomorrow', 'compaction_settings', '{"mode": "dream"}', 'compaction-settings-refused', /mode "dream"/),
    agentCase(
      'a summary by a provider of tomorrow',
      'compaction_settings',
      '{"mode": "all", "model_settings": {"provider_type": "oracle"}}',
      'compaction-settings-refused',
      /model_settings/,
    ),
    agentCase('summaries without a model', 'compaction_settings', '{"mode": "self_compact_all", "model": null, "prompt": null}'),
    messageCase('approvals that are no list', 'approvals', '{"type": "approval"}', 'approvals-refused', /not a list/),
    messageCase('an answer that says nothing', 'approvals', '[{"what": 1}]', 'approval-hidden', /neither type nor status/),
    messageCase('an answer without its call', 'approvals', '[{"type": "approval", "approve": true}]', 'approval-hidden', /tool_call_id/),
    messageCase(
      'a whole answer',
      'approvals',
      '[{"type": "approval", "approve": true, "tool_call_id": "c"}, {"status": "success", "func_response": [{"type": "text", "text": "a"}]}]',
    ),
    {
      name: 'a conversation with a provider of tomorrow',
      table: 'conversations',
      set: `model_settings = '{"provider_type": "oracle"}'`,
      code: 'model-settings-refused',
      at: 'model_settings',
      says: /provider_type/,
    },
  ],
  'letta-0.16.2': [
    ...anywhere,
    llmCase('the highest effort of 0.16.5', llm('{"effort": "max"}'), /effort "max"/),
    agentCase('summaries without a model', 'compaction_settings', '{"mode": "all"}', 'compaction-settings-refused', /model/),
    messageCase(
      'a return with several parts',
      'tool_returns',
      '[{"status": "success", "func_response": [{"type": "text", "text": "a"}]}]',
      'tool-returns-refused',
      /func_response/,
    ),
  ],
  'letta-0.11.3': [
    ...anywhere,
    llmCase('Ollama as 0.11.3 writes it', llm('{"model_endpoint_type": "ollama"}')),
    embeddingCase('an agent without embeddings', 'agents', 'embedding_config = null', /it is missing/),
    agentCase('the type of agent of 0.12', 'agent_type', 'letta_v1_agent', 'agent-type-unknown', /letta_v1_agent/),
    agentCase(
      'a rule with a field of 0.12',
      'tool_rules',
      '[{"type": "run_first", "tool_name": "a", "args": null}]',
      'tool-rules-refused',
      /run_first\.args/,
    ),
    messageCase(
      'thoughts of 0.12',
      'content',
      '[{"type": "summarized_reasoning", "id": "r", "summary": []}, {"type": "text", "text": "a"}]',
      'message-part-hidden',
      /summarized_reasoning/,
    ),
    {
      name: 'a return that is not one text',
      table: 'messages',
      row: `role = 'tool'`,
      set: `content = '[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]'`,
      code: 'message-form-refused',
      at: '',
      says: /return of a tool/,
    },
    {
      name: 'a stdio server as 0.11 writes it',
      table: 'mcp_server',
      row: `server_type = 'stdio'`,
      set: `stdio_config = '{"transport": "stdio", "command": "a", "args": []}'`,
      code: 'stdio-config-refused',
      at: 'stdio_config',
      says: /server_name, type$/,
    },
  ],
};
