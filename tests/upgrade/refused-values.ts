import type { LossClass } from '../../src/upgrade/loss.ts';
import type { FixtureName } from '../support/fixtures.ts';
import type { LettaRelease } from '../support/letta-installations.ts';

/** A value that a release refuses, put into a fixture's row, and what has to become of it. */
export interface RefusedValue {
  name: string;
  /** The agent it belongs to (a key of the fixture's agents); every case has its own, so that all fit into one database. */
  agent: string;
  /** SQL; $agent is the agent's id. */
  spoil: string;
  /** SQL that reads one text, and that text afterwards. */
  read: string;
  becomes: string | null;
  /** `table.column`; undefined: R accepts the value, and it has to stay. */
  loss?: { place: string; class: LossClass };
}

export interface Target {
  fixture: FixtureName;
  to: LettaRelease;
  values: RefusedValue[];
}

const set = (column: string, json: string): string => `update agents set ${column} = '${json}' where id = '$agent'`;
const agents = (column: string): string => `select ${column}::text from agents where id = '$agent'`;
const llm = (fields: string): string => `{"model": "m",  "context_window": 8000, ${fields}, "handle": "h/m"}`;
const nowhere = 'https://provider-unknown-to-this-release.invalid/v1';
const llmCase = (name: string, agent: string, given: string, becomes: string | null, kind?: LossClass): RefusedValue => ({
  name,
  agent,
  spoil: set('llm_config', llm(given)),
  read: agents('llm_config'),
  becomes,
  ...(kind && { loss: { place: 'agents.llm_config', class: kind } }),
});

/** The object as Python writes it. */
const dumped = (fields: string): string => `{"model": "m", "context_window": 8000, ${fields}, "handle": "h/m"}`;
const message = (n: number): string =>
  `(select id from messages where agent_id = '$agent' and role = 'tool' order by sequence_id offset ${n} limit 1)`;
const block = `(select block_id from blocks_agents where agent_id = '$agent' order by block_id limit 1)`;

const down016: RefusedValue[] = [
  {
    name: 'block over its limit',
    agent: 'memo',
    spoil: `update block set value = repeat('ä', 30), "limit" = 7 where id = ${block}`,
    read: `select "limit"::text || left(value, 1) from block where id = ${block}`,
    becomes: '30ä',
    loss: { place: 'block.limit', class: 'derived' },
  },
  llmCase(
    'Ollama as 0.11.3 wrote it',
    'memo',
    `"model_endpoint_type": "ollama", "model_endpoint": "http://o:11434/v1", "temperature": 0.50`,
    dumped(`"model_endpoint_type": "openai", "model_endpoint": "http://o:11434/v1", "temperature": 0.50`),
    'derived',
  ),
  llmCase(
    "a new company's model, key of the server",
    'research',
    `"model_endpoint_type": "fireworks", "model_endpoint": "https://f/v1", "provider_category": "base"`,
    dumped(`"model_endpoint_type": "openai", "model_endpoint": "${nowhere}", "provider_category": "base"`),
    'dropped',
  ),
  llmCase(
    "a new company's model, key of the user",
    'incognito',
    `"model_endpoint_type": "fireworks", "model_endpoint": "https://f/v1", "provider_category": "byok"`,
    dumped(`"model_endpoint_type": "openai", "model_endpoint": "https://f/v1", "provider_category": "byok"`),
    'dropped',
  ),
  llmCase(
    'a model that nothing like OpenAI serves, without an address',
    'thoth',
    `"model_endpoint_type": "chatgpt_oauth", "effort": "max"`,
    `{"model": "m", "context_window": 8000, "model_endpoint_type": "openai", "effort": "high", "handle": "h/m", "model_endpoint": "${nowhere}"}`,
    'dropped',
  ),
  llmCase(
    'codex with minimal effort',
    'librarian',
    `"model_endpoint_type": "openai", "model": "gpt-5-codex", "reasoning_effort": "minimal"`,
    null,
    'dropped',
  ),
  llmCase(
    'what 0.16.2 knows stays, to the byte',
    'aiml',
    `"model_endpoint_type":"anthropic", "reasoning_effort" : "xhigh", "effort": "high", "strict": true, "from_tomorrow": {"a": 1.0}`,
    llm(`"model_endpoint_type":"anthropic", "reasoning_effort" : "xhigh", "effort": "high", "strict": true, "from_tomorrow": {"a": 1.0}`),
  ),
  {
    name: 'an agent that makes its summaries itself',
    agent: 'memo',
    spoil: set(
      'compaction_settings',
      `{"model": null, "prompt": null, "mode": "self_compact_all", "model_settings": {"provider_type": "baseten"}, "clip_chars": 50000}`,
    ),
    read: agents('compaction_settings'),
    becomes: `{"model": "h/m", "mode": "all", "clip_chars": 50000}`,
    loss: { place: 'agents.compaction_settings', class: 'dropped' },
  },
  {
    name: 'settings of summaries that 0.16.2 knows',
    agent: 'research',
    spoil: set('compaction_settings', `{"model":"openai/x","mode":"sliding_window"}`),
    read: agents('compaction_settings'),
    becomes: `{"model":"openai/x","mode":"sliding_window"}`,
  },
  {
    name: 'a tool that returned parts',
    agent: 'memo',
    spoil: `update messages set tool_returns = '[{"status": "success", "func_response": [{"type": "text", "text": "a\\"b"}, {"type": "text", "text": "c"}], "stdout": null}]' where id = ${message(0)}`,
    read: `select tool_returns::text from messages where id = ${message(0)}`,
    becomes: `[{"status": "success", "func_response": "{\\"status\\": \\"OK\\", \\"message\\": \\"a\\\\\\"b\\\\nc\\"}", "stdout": null}]`,
    loss: { place: 'messages.tool_returns', class: 'derived' },
  },
  {
    name: 'a tool that returned an image',
    agent: 'memo',
    spoil: `update messages set tool_returns = '[{"status":  "success", "tool_call_id": "c", "func_response": "{}"}, {"status":  "success", "tool_call_id": "d", "func_response": [{"type": "image", "source": {}}]}]' where id = ${message(1)}`,
    read: `select tool_returns::text from messages where id = ${message(1)}`,
    becomes: `[{"status":  "success", "tool_call_id": "c", "func_response": "{}"}, {"status": "success", "tool_call_id": "d", "func_response": "{\\"status\\": \\"OK\\", \\"message\\": \\"[image]\\"}"}]`,
    loss: { place: 'messages.tool_returns', class: 'dropped' },
  },
  {
    name: 'a return with U+0000 and half a surrogate pair stays',
    agent: 'memo',
    spoil: `update messages set name = 'odd', tool_returns = '[{"status":  "success", "func_response": "a\\u0000b\\ud83d", "stdout": null}]' where id = ${message(2)}`,
    read: `select tool_returns::text from messages where name = 'odd'`,
    becomes: `[{"status":  "success", "func_response": "a\\u0000b\\ud83d", "stdout": null}]`,
  },
  {
    name: 'a summary',
    agent: 'memo',
    spoil: `update messages set role = 'summary', content = '[{"type": "text", "text": "so far"}]' where id = ${message(2)}`,
    read: `select string_agg(distinct role, ',') from messages where content::text = '[{"type": "text", "text": "so far"}]'`,
    becomes: 'user',
    loss: { place: 'messages.role', class: 'derived' },
  },
  {
    name: 'a reason for stopping',
    agent: 'memo',
    spoil: `update agents set last_stop_reason = 'insufficient_credits' where id = '$agent'`,
    read: agents('last_stop_reason'),
    becomes: 'error',
    loss: { place: 'agents.last_stop_reason', class: 'dropped' },
  },
  {
    name: 'a run of a former status that asked for summaries',
    agent: 'memo',
    spoil: `update runs set status = 'expired', stop_reason = 'from_tomorrow', request_config = '{"use_assistant_message": false, "include_return_message_types": ["summary_message", "user_message"]}' where id = (select min(id) from runs)`,
    read: `select concat(status, stop_reason, request_config) from runs order by id limit 1`,
    becomes: `failed{"use_assistant_message": false, "include_return_message_types": ["user_message"]}`,
    loss: { place: 'runs.request_config', class: 'dropped' },
  },
  {
    name: "a provider with the user's own key",
    agent: 'memo',
    spoil: `insert into providers (id, name, provider_type, provider_category, is_deleted, organization_id) select 'provider-' || i, t, t, c, false, (select min(id) from organizations) from (values ('00000001-0000-4000-8000-000000000000', 'openrouter', 'byok'), ('00000002-0000-4000-8000-000000000000', 'minimax', 'byok'), ('00000003-0000-4000-8000-000000000000', 'baseten', 'base'), ('00000004-0000-4000-8000-000000000000', 'zai', 'byok')) v(i, t, c)`,
    read: `select string_agg(concat_ws(' ', name, provider_type, base_url, is_deleted), ', ' order by id) from providers where id like 'provider-0000000%'`,
    becomes: 'openrouter openai https://openrouter.ai/api/v1 f, minimax openai t, baseten openai t, zai zai f',
    loss: { place: 'providers.provider_type', class: 'dropped' },
  },
];

const down011: RefusedValue[] = [
  {
    name: 'an agent of the newest type',
    agent: 'memo',
    spoil: `update agents set agent_type = 'letta_v1_agent' where id = '$agent'`,
    read: agents('agent_type'),
    becomes: 'memgpt_v2_agent',
    loss: { place: 'agents.agent_type', class: 'dropped' },
  },
  {
    name: 'rules of tools that lose something',
    agent: 'memo',
    spoil: set(
      'tool_rules',
      `[{"tool_name":  "a", "type": "exit_loop"}, {"tool_name": "b", "type": "run_first", "args": {"x": 1.50}, "prompt_template": null}, {"tool_name": "c", "type": "requires_approval"}, {"tool_name": "d", "type": "constrain_child_tools", "children": ["e",  "f"], "child_arg_nodes": null}]`,
    ),
    read: agents('tool_rules'),
    becomes: `[{"tool_name":  "a", "type": "exit_loop"}, {"tool_name": "b", "type": "run_first", "prompt_template": null}, {"tool_name": "d", "type": "constrain_child_tools", "children": ["e",  "f"]}]`,
    loss: { place: 'agents.tool_rules', class: 'dropped' },
  },
  {
    name: 'rules of tools that lose nothing',
    agent: 'incognito',
    spoil: set('tool_rules', `[{"tool_name": "b", "type": "run_first", "args": null}]`),
    read: agents('tool_rules'),
    becomes: `[{"tool_name": "b", "type": "run_first"}]`,
    loss: { place: 'agents.tool_rules', class: 'derived' },
  },
  {
    name: 'rules of tools that 0.11.3 knows',
    agent: 'librarian',
    spoil: set('tool_rules', `[ {"type":"max_count_per_step", "tool_name": "b","max_count_limit":2} ]`),
    read: agents('tool_rules'),
    becomes: `[ {"type":"max_count_per_step", "tool_name": "b","max_count_limit":2} ]`,
  },
  {
    name: 'an agent without embeddings',
    agent: 'memo',
    spoil: `update agents set embedding_config = null where id = '$agent'; update agents set embedding_config = 'null' where id = (select max(id) from agents)`,
    read: `select count(*)::text from agents where embedding_config ->> 'embedding_endpoint_type' = 'openai'`,
    becomes: '18',
    loss: { place: 'agents.embedding_config', class: 'derived' },
  },
  llmCase(
    'effort none',
    'thoth',
    `"model_endpoint_type": "openai", "reasoning_effort": "none"`,
    dumped(`"model_endpoint_type": "openai", "reasoning_effort": "minimal"`),
    'dropped',
  ),
  llmCase('Ollama stays what it was', 'aiml', `"model_endpoint_type": "ollama"`, llm(`"model_endpoint_type": "ollama"`)),
  {
    name: 'an answer to a request for approval',
    agent: 'memo',
    spoil: `update messages set role = 'approval', content = null, tool_calls = '[]', tool_returns = '[]' where id = ${message(0)};
            update agents set message_ids = (select json_agg(id order by sequence_id) from messages where agent_id = '$agent' and sequence_id < (select min(sequence_id) from messages where agent_id = '$agent') + 8) where id = '$agent'`,
    read: `select concat_ws(' ', m.role, m.content, strpos(a.message_ids::text, m.id)) from messages m join agents a on a.id = m.agent_id where m.content::text like '%request for approval%'`,
    becomes: 'user [{"type":"text","text":"Answer to a request for approval."}] 0',
    loss: { place: 'messages.role', class: 'dropped' },
  },
  {
    name: 'two tools that returned at once',
    agent: 'memo',
    spoil: `update messages set name = 'both', content = '[{"type": "text", "text": "{}"}, {"type": "text", "text": "{}"}]', tool_returns = '[{"status": "success", "func_response": "{\\"message\\": 1}"}, {"status": "error", "func_response": "b"}]' where id = ${message(1)}`,
    read: `select content::text from messages where name = 'both'`,
    becomes: `[{"type": "text", "text": "{\\"status\\": \\"Failed\\", \\"message\\": \\"{\\\\\\"message\\\\\\": 1}\\\\nb\\"}"}]`,
    loss: { place: 'messages.content', class: 'derived' },
  },
  {
    name: 'two tools that returned what no text of PostgreSQL can hold',
    agent: 'research',
    spoil: `update messages set name = 'odd', content = '[{"type": "text", "text": "\\u0000"}, {"type": "text", "text": "{}"}]', tool_returns = '[{"status": "success", "func_response": "a\\u0000\\ud83d\\ude00"}, {"status": "success", "func_response": "\\udc80b"}]' where id = ${message(0)}`,
    read: `select content::text from messages where name = 'odd'`,
    becomes: `[{"type": "text", "text": "{\\"status\\": \\"OK\\", \\"message\\": \\"a�😀\\\\n�b\\"}"}]`,
    loss: { place: 'messages.content', class: 'derived' },
  },
  {
    name: 'a return with one text stays',
    agent: 'memo',
    spoil: `update messages set name = 'one', content = '[{"type":"text","text":"{\\"status\\":\\"OK\\"}"}]' where id = ${message(2)}`,
    read: `select content::text from messages where name = 'one'`,
    becomes: `[{"type":"text","text":"{\\"status\\":\\"OK\\"}"}]`,
  },
  {
    name: 'custom tools as 0.16 stores them',
    agent: 'memo',
    spoil: `update tools set args_json_schema = '{"type":"object","properties":{}}' where name = 'rotate_logs'; update tools set args_json_schema = '{"type": "object"}' where name = 'normalize_title'`,
    read: `select string_agg(coalesce(args_json_schema::text, '-'), ' ' order by name) from tools where name in ('citation_counter', 'rotate_logs', 'normalize_title')`,
    becomes: `- - {"type":"object","properties":{}}`,
    loss: { place: 'tools.args_json_schema', class: 'derived' },
  },
  {
    name: 'a stdio server that 0.11 cannot read again',
    agent: 'memo',
    spoil: `update mcp_server set stdio_config = '{"transport": "stdio", "command": "/bin/false", "args": ["-n"]}' where server_type = 'stdio'`,
    read: `select stdio_config::text from mcp_server where server_type = 'stdio'`,
    becomes: `{"transport": "stdio", "command": "/bin/false", "args": ["-n"], "server_name": "local-notes", "type": "stdio"}`,
    loss: { place: 'mcp_server.stdio_config', class: 'derived' },
  },
  {
    name: 'a job that has not started',
    agent: 'memo',
    spoil: `update jobs set status = 'not_started', request_config = '{"include_return_message_types": ["approval_request_message"]}' where id = (select min(id) from jobs)`,
    read: `select status || request_config::text from jobs order by id limit 1`,
    becomes: `created{"include_return_message_types": []}`,
    loss: { place: 'jobs.status', class: 'dropped' },
  },
];

const up016: RefusedValue[] = [
  llmCase(
    'Ollama as 0.10 wrote it',
    'memo',
    `"model_endpoint_type": "ollama", "model_endpoint": "http://o:11434/"`,
    dumped(`"model_endpoint_type": "openai", "model_endpoint": "http://o:11434/v1"`),
    'derived',
  ),
  llmCase(
    'Cohere',
    'research',
    `"model_endpoint_type": "cohere", "model_endpoint": "https://c"`,
    dumped(`"model_endpoint_type": "openai", "model_endpoint": "${nowhere}"`),
    'dropped',
  ),
  llmCase(
    'minimal effort stays',
    'thoth',
    `"model_endpoint_type": "openai", "reasoning_effort": "minimal"`,
    llm(`"model_endpoint_type": "openai", "reasoning_effort": "minimal"`),
  ),
  {
    name: 'embeddings by Cohere',
    agent: 'memo',
    spoil: set('embedding_config', `{"embedding_model": "e", "embedding_endpoint_type": "cohere", "embedding_dim": 3.0}`),
    read: agents('embedding_config'),
    becomes: `{"embedding_model": "e", "embedding_endpoint_type": "openai", "embedding_dim": 3.0, "embedding_endpoint": "${nowhere}"}`,
    loss: { place: 'agents.embedding_config', class: 'dropped' },
  },
  {
    name: 'an agent of a type from 0.6',
    agent: 'memo',
    spoil: `update agents set agent_type = 'offline_memory_agent' where id = '$agent'`,
    read: agents('agent_type'),
    becomes: 'sleeptime_agent',
    loss: { place: 'agents.agent_type', class: 'dropped' },
  },
  {
    name: 'rules of tools from 0.6',
    agent: 'memo',
    spoil: set('tool_rules', `[{"type": "TerminalToolRule", "tool_name": "a"}, {"tool_name": "b", "type": "ToolRule", "children": ["a"]}]`),
    read: agents('tool_rules'),
    becomes: `[{"type": "exit_loop", "tool_name": "a"}, {"tool_name": "b", "type": "constrain_child_tools", "children": ["a"]}]`,
    loss: { place: 'agents.tool_rules', class: 'derived' },
  },
  {
    name: 'a block over its limit is fine since 0.16.7',
    agent: 'memo',
    spoil: `update block set value = repeat('ä', 30), "limit" = 7 where id = ${block}`,
    read: `select "limit"::text from block where id = ${block}`,
    becomes: '7',
  },
  {
    name: 'a provider that was taken out',
    agent: 'memo',
    spoil: `update providers set provider_type = 'cohere', is_deleted = false where id = (select min(id) from providers)`,
    read: `select provider_type || is_deleted from providers order by id limit 1`,
    becomes: 'openaitrue',
    loss: { place: 'providers.is_deleted', class: 'set aside' },
  },
  {
    name: 'providers that upgrades in place left without type and category',
    agent: 'memo',
    spoil: `insert into providers (id, name, provider_type, provider_category, is_deleted, organization_id) select 'provider-' || i, n, null, c, false, (select min(id) from organizations) from (values ('f0000001-0000-4000-8000-000000000000', 'anthropic', null), ('f0000002-0000-4000-8000-000000000000', 'mine', 'byok')) v(i, n, c)`,
    read: `select string_agg(concat_ws(' ', name, provider_type, provider_category, is_deleted), ', ' order by id) from providers where id like 'provider-f000000%'`,
    becomes: 'anthropic anthropic byok f, mine openai byok t',
    loss: { place: 'providers.provider_category', class: 'derived' },
  },
];

export const targets: Target[] = [
  { fixture: 'letta-0.16.8', to: '0.16.2', values: down016 },
  { fixture: 'letta-0.16.8', to: '0.11.3', values: down011 },
  { fixture: 'letta-0.11.3', to: '0.16.8', values: up016 },
];

/** A case's SQL for the agent of that fixture. */
export function forAgent(sql: string, keys: Record<string, string>, key: string): string {
  const id = keys[key];
  if (id === undefined) throw new Error(`no agent ${key}: ${Object.keys(keys).join(', ')}`);
  return sql.replaceAll('$agent', id);
}
