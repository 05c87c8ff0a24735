import { findRelease, revisionInfo } from '../../src/letta/catalogue.ts';

/** A word → the releases whose servers write it: `0.6.10` (and later) or `0.6.0..0.6.8`. */
type Words = Readonly<Record<string, string>>;

const jobStatus: Words = {
  created: '0.6.0',
  running: '0.6.0',
  completed: '0.6.0',
  failed: '0.6.0',
  pending: '0.6.0',
  not_started: '0.6.49..0.8.5',
  cancelled: '0.6.50',
  expired: '0.6.54',
};
const runStatus: Words = { created: '0.12.0', running: '0.12.0', completed: '0.12.0', failed: '0.12.0', cancelled: '0.12.0' };
const stopReason: Words = {
  end_turn: '0.8.4',
  error: '0.8.4',
  invalid_tool_call: '0.8.4',
  max_steps: '0.8.4',
  no_tool_call: '0.8.4',
  tool_rule: '0.8.4',
  cancelled: '0.8.9',
  invalid_llm_response: '0.11.7',
  requires_approval: '0.11.7',
  llm_api_error: '0.12.0',
  max_tokens_exceeded: '0.16.0',
  context_window_overflow_in_system_prompt: '0.16.0',
  insufficient_credits: '0.16.5',
};
const actorType: Words = { letta_user: '0.6.49', letta_agent: '0.6.49', letta_system: '0.6.49' };
const callType: Words = { agent_step: '0.16.4', summarization: '0.16.4', tool_generation: '0.16.5' };

/** Text columns that hold one word of a list, with the releases in which Letta's source has the word. */
const columns: Readonly<Record<string, Words>> = {
  'agents.agent_type': {
    memgpt_agent: '0.6.0',
    split_thread_agent: '0.6.0',
    o1_agent: '0.6.0..0.6.8',
    offline_memory_agent: '0.6.2..0.6.48',
    chat_only_agent: '0.6.2..0.6.34',
    sleeptime_agent: '0.6.49',
    voice_convo_agent: '0.7.7',
    voice_sleeptime_agent: '0.7.7',
    memgpt_v2_agent: '0.8.0',
    react_agent: '0.8.7',
    workflow_agent: '0.8.7',
    letta_v1_agent: '0.12.0',
  },
  'agents.last_stop_reason': stopReason,
  'block_history.actor_type': actorType,
  'files.processing_status': { pending: '0.8.2', parsing: '0.8.2', embedding: '0.8.2', completed: '0.8.2', error: '0.8.2' },
  'groups.manager_type': {
    round_robin: '0.6.40',
    supervisor: '0.6.40',
    dynamic: '0.6.40',
    swarm: '0.6.40',
    sleeptime: '0.6.49',
    voice_sleeptime: '0.7.7',
  },
  'identities.identity_type': { org: '0.6.28', user: '0.6.28', other: '0.6.28' },
  'jobs.job_type': { job: '0.6.10', run: '0.6.10', batch: '0.6.54' },
  'jobs.status': jobStatus,
  'jobs.stop_reason': stopReason,
  'llm_batch_items.request_status': jobStatus,
  'llm_batch_items.step_status': { paused: '0.6.49', running: '0.6.49..0.6.53', resumed: '0.6.54', completed: '0.6.54' },
  'llm_batch_job.llm_provider': { anthropic: '0.6.49' },
  'llm_batch_job.status': jobStatus,
  'mcp_oauth.status': { pending: '0.9.1', authorized: '0.9.1', error: '0.9.1' },
  'mcp_oauth.token_type': { Bearer: '0.9.1' },
  'mcp_server.server_type': { sse: '0.6.40', stdio: '0.6.40', streamable_http: '0.8.4' },
  'messages.role': {
    system: '0.6.0',
    user: '0.6.0',
    assistant: '0.6.0',
    tool: '0.6.0',
    function: '0.6.0',
    approval: '0.11.7',
    summary: '0.16.5',
  },
  'provider_models.model_type': { llm: '0.14.0', embedding: '0.14.0' },
  'provider_models.model_endpoint_type': { openai: '0.14.0', anthropic: '0.14.0' },
  'provider_trace_metadata.call_type': callType,
  'provider_traces.call_type': callType,
  'providers.provider_category': { base: '0.7.11', byok: '0.7.11' },
  'providers.provider_type': {
    openai: '0.7.3',
    anthropic: '0.6.49',
    google_ai: '0.7.3',
    bedrock: '0.7.8',
    cohere: '0.9.0..0.11.3',
    'hugging-face': '0.11.7',
    openrouter: '0.16.4',
    fireworks: '0.16.7',
  },
  'runs.status': runStatus,
  'runs.stop_reason': stopReason,
  'steps.feedback': { positive: '0.8.7', negative: '0.8.7' },
  'steps.provider_category': { base: '0.7.11', byok: '0.7.11' },
  'steps.stop_reason': stopReason,
  'tools.source_type': { python: '0.6.0', json: '0.6.0', typescript: '0.11.0' },
  'tools.tool_type': {
    custom: '0.6.9',
    letta_core: '0.6.9',
    letta_memory_core: '0.6.9',
    letta_multi_agent_core: '0.6.10',
    external_composio: '0.6.14',
    external_langchain: '0.6.21',
    external_mcp: '0.6.39',
    letta_sleeptime_core: '0.6.49',
    letta_voice_sleeptime_core: '0.7.7',
    letta_builtin: '0.7.21',
    letta_files_core: '0.8.2',
  },
};

/** The words that a server at a place of the chain writes into a column; null for columns of free text. */
export function wordsOf(table: string, column: string, position: number): string[] | null {
  const words = columns[`${table}.${column}`];
  return words === undefined ? null : Object.keys(words).filter((word) => known(words[word] ?? '', position));
}

/** `table.column` of every column whose words are listed. */
export const wordColumns: readonly string[] = Object.keys(columns);

function known(range: string, position: number): boolean {
  const [from = '', to] = range.split('..');
  return headOf(from) <= position && (to === undefined || position <= headOf(to));
}

/** Where a release's chain ends: 1 … 167. */
export function headOf(version: string): number {
  const position = revisionInfo(findRelease(version)?.head ?? '')?.position;
  if (position === undefined) throw new RangeError(`no release ${version}`);
  return position;
}
