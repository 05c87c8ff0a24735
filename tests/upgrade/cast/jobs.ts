import { defaultOrganization, defaultUser, idOf, runId } from '../names.ts';
import { hardJson } from '../samples.ts';
import { wordsOf } from '../words.ts';
import type { Given, World } from '../world.ts';
import { goneAgent } from './agents.ts';
import { emptyOrganization, goneUser, otherUser } from './people.ts';

const agentId = (name: string) => idOf('agents', name);

/** Jobs of every type and state. Until 0.11 a run is one of them. */
export function jobs(world: World): void {
  const statuses = wordsOf('jobs', 'status', world.position) ?? [];
  const job = (id: string, given: Given = {}) =>
    world.add('jobs', {
      id,
      user_id: defaultUser,
      organization_id: null,
      status: 'completed',
      job_type: 'job',
      metadata_: { type: 'embedding' },
      ...given,
    });
  for (const status of statuses) job(idOf('jobs', status), { status });
  job(idOf('jobs', 'done'), { completed_at: '2025-06-30 23:30:00+00', metadata_: null });
  job(idOf('jobs', 'hard'), { completed_at: null, metadata_: hardJson });
  job(idOf('jobs', 'deleted'), { is_deleted: true, metadata_: 'null' });
  job(idOf('jobs', 'of another'), { user_id: otherUser });
  job(idOf('jobs', 'elsewhere'), { user_id: otherUser, organization_id: defaultOrganization });
  if (!world.guards('jobs', 'user_id')) {
    job(idOf('jobs', 'without state'), { status: null, user_id: null });
    job(idOf('jobs', 'without user'), { user_id: null });
    job(idOf('jobs', 'of a user who is gone'), { user_id: goneUser });
  }
  if (!world.has('jobs', 'job_type')) return;
  job(idOf('jobs', 'batch'), { job_type: world.position < 61 ? 'job' : 'batch', status: 'running' });
  const run = (name: string, metadata_: object | string | null, given: Given = {}) =>
    job(runId(name), { job_type: 'run', metadata_, ...given });
  run(
    'with agent',
    { agent_id: agentId('Ada') },
    { request_config: { use_assistant_message: true }, ttft_ns: 1, total_duration_ns: '9223372036854775807' },
  );
  run('agent gone', { agent_id: goneAgent });
  run('agent deleted', { agent_id: agentId('deleted') });
  run('by its messages', {});
  run('by its steps', null);
  run('by nothing', 'null');
  run('not an object', []);
  run('agent is null', { agent_id: null });
  run('of two agents', {});
  run('hard', hardJson);
  run('agent foreign', { agent_id: agentId('foreign') });
  run('messages disagree', { agent_id: agentId('Ada') });
  run('deleted', { agent_id: agentId('Ada') }, { is_deleted: true });
  run('made by another', { agent_id: agentId('Ada') }, { _created_by_id: otherUser });
  world.leaveAlone(...['by its messages', 'by its steps', 'by nothing', 'not an object', 'agent is null', 'of two agents'].map(runId));
  for (const status of statuses)
    run(`${status} now`, { agent_id: agentId('Ada') }, { status, callback_url: 'https://example.org/hook', completed_at: null });
}

/** Runs of their own since 0.12.0, in conversations since 0.16.2. */
export function runs(world: World): void {
  const conversation = (name: string, agent: string, given: Given = {}) =>
    world.add('conversations', { id: idOf('conversations', name), agent_id: agentId(agent), summary: name, ...given });
  conversation('aside', 'Ada', { last_message_at: '2025-07-01 00:00:00+00' });
  conversation('deleted', 'Ada', { is_deleted: true, summary: null });
  conversation('empty', 'bare', { summary: '' });

  const run = (name: string, agent: string, given: Given = {}) =>
    world.add('runs', {
      id: runId(`new ${name}`),
      agent_id: agentId(agent),
      status: 'completed',
      conversation_id: null,
      organization_id: defaultOrganization,
      ...given,
    });
  for (const reason of wordsOf('runs', 'stop_reason', world.position) ?? []) run(reason, 'Ada', { stop_reason: reason });
  run('plain', 'Ada', { stop_reason: 'end_turn' });
  world.leaveAlone(runId('new without metrics'));
  run('in conversation', 'Ada', { conversation_id: idOf('conversations', 'aside') });
  run('waiting', 'Ada', { stop_reason: 'requires_approval', metadata_: 'null' });
  run('without metrics', 'bare', { status: 'running', completed_at: null });
  run('of nobody', 'Ada', { organization_id: emptyOrganization });
  for (const name of ['plain', 'in conversation'])
    world.add('run_metrics', { id: runId(`new ${name}`), agent_id: agentId('Ada'), num_steps: 2 });
}

/** Batches of requests to Anthropic. Before 0.6.54 nothing says whose job they are. */
export function batches(world: World): void {
  world.add('llm_batch_job', {
    id: idOf('llm_batch_job', 'one'),
    letta_batch_job_id: idOf('jobs', 'batch'),
    status: 'running',
    create_batch_response: { type: 'anthropic', data: { id: 'msgbatch_1' } },
    latest_polling_response: 'null',
  });
  for (const status of wordsOf('llm_batch_items', 'request_status', world.position) ?? []) {
    world.add('llm_batch_items', {
      id: idOf('llm_batch_items', status),
      request_status: status,
      batch_id: idOf('llm_batch_job', 'one'),
      llm_batch_id: idOf('llm_batch_job', 'one'),
      agent_id: agentId('Ada'),
      batch_request_result: null,
    });
  }
}
