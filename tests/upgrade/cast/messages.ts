import { defaultOrganization, defaultUser, idOf, runId } from '../names.ts';
import { hardJson, texts } from '../samples.ts';
import { wordsOf } from '../words.ts';
import type { Given, World } from '../world.ts';
import { goneAgent } from './agents.ts';
import { goneUser } from './people.ts';

const agentId = (name: string) => idOf('agents', name);
const stepId = (name: string) => idOf('steps', name);
const calls = [{ id: 'call_1', type: 'function', function: { name: 'send_message', arguments: '{"message":"hi"}' } }];

/** Steps with their metrics and traces. */
export function steps(world: World): void {
  const step = (name: string, given: Given = {}) =>
    world.add('steps', {
      id: stepId(name),
      organization_id: defaultOrganization,
      agent_id: agentId('Ada'),
      job_id: null,
      run_id: null,
      provider_id: idOf('providers', 'base openai'),
      project_id: null,
      status: 'SUCCESS',
      ...given,
    });
  step('of a run', { job_id: runId('with agent'), run_id: runId('new plain') });
  step('of a run known by its steps', { job_id: runId('by its steps'), agent_id: agentId('sleeper') });
  step('of a job', { job_id: idOf('jobs', 'done') });
  step('of two agents', { job_id: runId('of two agents'), agent_id: agentId('live passages') });
  step('alone', { provider_id: null });
  step('agent gone', { agent_id: goneAgent, tags: 'null' });
  step('of nobody', { agent_id: null, organization_id: null });
  step('of a project', { agent_id: agentId('template'), status: 'PENDING' });
  for (const label of world.model.enums.find(({ name }) => name === 'stopreasontype')?.labels ?? [])
    step(`stopped by ${label}`, { stop_reason: label });
  for (const reason of wordsOf('steps', 'stop_reason', world.position) ?? [])
    if (world.table('steps')?.columns.some(({ name, type }) => name === 'stop_reason' && type === 'character varying'))
      step(`ended by ${reason}`, { stop_reason: reason });
  if (world.has('steps', 'run_id')) step('of nobody’s run', { run_id: runId('new of nobody') });
  for (const name of ['of a run', 'of a run known by its steps', 'of a job', 'alone', 'of nobody’s run']) {
    const ofRun = world.rowsOf('steps').find(({ id }) => id === stepId(name));
    if (ofRun === undefined) continue;
    world.add('step_metrics', {
      id: stepId(name),
      agent_id: ofRun.agent_id ?? null,
      job_id: ofRun.job_id ?? null,
      run_id: ofRun.run_id ?? null,
      step_ns: '9223372036854775807',
      ...(name === 'alone' && { organization_id: null }),
    });
  }
  for (const table of ['provider_traces', 'provider_trace_metadata'])
    world.add(table, {
      step_id: stepId('of a run'),
      run_id: runId('new plain'),
      ...(table === 'provider_traces' && { request_json: hardJson, response_json: 'null' }),
    });
}

/** Messages of every release’s forms, with what links them to runs and conversations. */
export function messages(world: World): void {
  const modern = world.has('messages', 'content');
  let minute = 0;
  const message = (name: string, text: string | null, given: Given = {}) =>
    world.add('messages', {
      id: idOf('messages', name),
      agent_id: agentId('Ada'),
      user_id: defaultUser,
      organization_id: defaultOrganization,
      role: 'user',
      text: modern ? null : text,
      content: text === null ? null : [{ type: 'text', text }],
      tool_calls: [],
      created_at: `2025-01-10 00:${String(minute++ % 60).padStart(2, '0')}:00+00`,
      step_id: null,
      run_id: null,
      conversation_id: null,
      group_id: null,
      ...given,
    });
  for (const { name, id } of world.rowsOf('agents').slice(0, 8))
    message(`${Object.is(id, agentId('Ada')) ? 'Ada' : name} system`, 'You are …', { role: 'system', agent_id: id ?? '' });
  message('Ada hello', texts[3] ?? '', { step_id: stepId('of a run'), run_id: runId('new plain') });
  message('Ada call', null, { role: 'assistant', tool_calls: calls, otid: 'otid-1' });
  message('Ada return', '{"status": "OK"}', {
    role: 'tool',
    tool_call_id: 'call_1',
    tool_returns: [{ tool_call_id: 'call_1', status: 'success', func_response: 'ok' }],
  });
  message('old form', null, { text: 'only text', content: null, name: 'old' });
  message('both forms', 'in content', { text: 'in text' });
  message('JSON nulls', null, { content: 'null', tool_calls: 'null', tool_returns: 'null', approvals: 'null' });
  message('hard', null, { content: hardJson, text: '' });
  message('1 MB', 'Wörter und noch mehr Wörter. '.repeat(36_000));
  message('same instant a', 'a', { created_at: '2025-01-11 00:00:00+00' });
  message('same instant b', 'b', { created_at: '2025-01-11 00:00:00+00' });
  message('earlier than its number', 'late', { created_at: '2024-12-31 00:00:00+00' });
  message('without date', 'when?', { created_at: null });
  message('deleted', 'gone', { is_deleted: true });
  message('in conversation', 'aside', { conversation_id: idOf('conversations', 'aside'), run_id: runId('new in conversation') });
  if (world.has('messages', 'run_id')) message('of nobody’s run', 'x', { run_id: runId('new of nobody') });
  message('of a job’s step', 'x', { step_id: stepId('of a job') });
  message('of a deleted agent', 'x', { agent_id: agentId('deleted') });
  for (const role of wordsOf('messages', 'role', world.position) ?? []) message(`as ${role}`, role, { role });
  if (world.has('messages', 'approval_request_id')) {
    message('asks', null, { role: 'approval', tool_calls: calls });
    message('answers', null, {
      role: 'approval',
      approval_request_id: idOf('messages', 'asks'),
      approve: false,
      denial_reason: 'no',
      approvals: [],
    });
  }
  for (const [name, agent] of [
    ['of run 1', 'sleeper'],
    ['of run 2', 'sleeper'],
    ['of two agents 1', 'Ada'],
    ['of two agents 2', 'sleeper'],
    ['disagrees', 'sleeper'],
  ] as const)
    message(name, name, { agent_id: agentId(agent) });
  if (!world.guards('messages', 'agent_id')) {
    message('of an agent that is gone', 'x', { agent_id: goneAgent });
    message('of a user who is gone', 'x', { user_id: goneUser });
    message('without calls', 'x', { tool_calls: null });
  }
  const isRun = world.has('jobs', 'job_type');
  // For some revisions before 0.6.10 a message could be in one run only.
  const onlyOne = world.table('job_messages')?.uniques.some(({ columns }) => columns.length === 1) ?? false;
  const link = (run: string, name: string) =>
    isRun && world.add('job_messages', { job_id: runId(run), message_id: idOf('messages', name) });
  link('with agent', 'Ada hello');
  link('with agent', 'Ada call');
  link('by its messages', 'of run 1');
  link('by its messages', 'of run 2');
  if (!onlyOne) link('agent gone', 'of run 2');
  link('of two agents', 'of two agents 1');
  link('of two agents', 'of two agents 2');
  link('messages disagree', 'disagrees');
  link('hard', 'hard');
  world.add('job_messages', { job_id: idOf('jobs', 'done'), message_id: idOf('messages', 'old form') });

  const member = (conversation: string | null, name: string, position: number, in_context = true) =>
    world.add('conversation_messages', {
      conversation_id: conversation === null ? null : idOf('conversations', conversation),
      message_id: idOf('messages', name),
      agent_id: agentId('Ada'),
      position,
      in_context,
    });
  member('aside', 'in conversation', 0);
  member('aside', 'Ada hello', 0, false);
  member(null, 'Ada call', 2_147_483_647);
}
