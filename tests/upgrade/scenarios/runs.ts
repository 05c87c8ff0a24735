import type { Scenario } from '../scenarios.ts';

/** What 567e9fe06270 (0.12.0) makes of jobs that are runs, and of all that hangs on them. */
const enters = '567e9fe06270';
const needs = ['jobs.job_type', 'job_messages', 'steps.job_id'] as const;
/** `->>` fails on a whole document because of one escape in it, so the text is looked at. */
const runs = `(select j.*, substring(j.metadata_::text from '"agent_id": ?"([^"]*)"') as agent from jobs j where j.job_type = 'run')`;
const linked = 'exists (select from job_messages l where l.job_id = r.id)';
const stepped = 'exists (select from steps s where s.job_id = r.id)';
const run = (name: string, where: string): Scenario => ({ name, needs, enters, proof: `select r.id from ${runs} r where ${where}` });

export const runScenarios: readonly Scenario[] = [
  run('run whose metadata names its agent', `exists (select from agents a where a.id = r.agent and not a.is_deleted)`),
  run('run whose metadata names an agent that is gone', `r.agent is not null and not exists (select from agents a where a.id = r.agent)`),
  run('run whose metadata names a deleted agent', `exists (select from agents a where a.id = r.agent and a.is_deleted)`),
  run('run known only by its messages', `r.agent is null and ${linked} and not ${stepped}`),
  run('run known only by its steps', `r.agent is null and ${stepped} and not ${linked}`),
  run('run of which nobody knows the agent', `r.agent is null and not ${linked} and not ${stepped}`),
  run(
    'run whose messages are of two agents',
    `r.agent is null and (select count(distinct m.agent_id) from job_messages l join messages m on m.id = l.message_id where l.job_id = r.id) > 1`,
  ),
  run(
    'run whose messages are of another agent than its metadata says',
    `exists (select from job_messages l join messages m on m.id = l.message_id where l.job_id = r.id and m.agent_id <> r.agent)`,
  ),
  run(
    'run whose user is of another organization than its agent',
    `exists (select from agents a join users u on u.id = r.user_id where a.id = r.agent and a.organization_id <> u.organization_id)`,
  ),
  run('run that someone else made', 'r._created_by_id <> r.user_id'),
  run('run without metadata', 'r.metadata_ is null'),
  run('run with JSON null as metadata', `r.metadata_::text = 'null'`),
  run('run whose metadata is a list', `r.metadata_::text = '[]'`),
  run('run with metadata that PostgreSQL cannot read', `r.metadata_::text like '%\\u0000%'`),
  run('run that is soft-deleted', 'r.is_deleted'),
  run('run that is still running', `r.status = 'running'`),
  run('run with a state that runs do not have', `r.status in ('pending', 'expired', 'not_started')`),
  { name: 'message in two runs', needs, enters, proof: 'select message_id from job_messages group by message_id having count(*) > 1' },
  {
    name: 'message of a job that is no run',
    needs,
    enters,
    proof: `select 1 from job_messages l join jobs j on j.id = l.job_id where j.job_type <> 'run'`,
  },
  {
    name: 'step of a job that is no run',
    needs: ['steps.job_id'],
    enters,
    proof: `select 1 from steps s join jobs j on j.id = s.job_id where j.job_type <> 'run'`,
  },
  {
    name: 'message of a run’s step without a link',
    needs,
    enters,
    proof:
      'select 1 from messages m join steps s on s.id = m.step_id where s.job_id is not null and not exists (select from job_messages l where l.message_id = m.id)',
  },
  {
    name: 'step metrics of a run',
    needs: ['step_metrics.job_id'],
    enters,
    proof: `select 1 from step_metrics s join jobs j on j.id = s.job_id where j.job_type = 'run'`,
  },
  {
    name: 'run left among the jobs',
    needs: ['runs'],
    proof: `select 1 from jobs j where j.job_type = 'run' and not exists (select from runs r where r.id = j.id)`,
  },
  {
    name: 'run without metrics',
    needs: ['run_metrics'],
    proof: 'select 1 from runs r where not exists (select from run_metrics m where m.id = r.id)',
  },
  {
    name: 'run in a conversation',
    needs: ['runs.conversation_id'],
    enters: '27de0f58e076',
    proof: 'select 1 from runs where conversation_id is not null',
  },
  { name: 'run waiting for an approval', needs: ['runs'], proof: `select 1 from runs where stop_reason = 'requires_approval'` },
  {
    name: 'job without state or user',
    needs: ['jobs.user_id'],
    to: 9,
    enters: '3c683a662c82',
    proof: 'select 1 from jobs where status is null and user_id is null',
  },
  {
    name: 'job of a user who is gone',
    needs: ['jobs.user_id'],
    to: 9,
    enters: '3c683a662c82',
    proof: 'select 1 from jobs j where user_id is not null and not exists (select from users u where u.id = j.user_id)',
  },
  {
    name: 'job that ended near midnight',
    needs: ['jobs.completed_at'],
    enters: '3c683a662c82',
    proof: `select 1 from jobs where completed_at is not null`,
  },
  { name: 'jobs before they had a type', needs: ['jobs'], lacks: ['jobs.job_type'], enters: '88f9432739a9', proof: 'select 1 from jobs' },
  {
    name: 'step of an agent with a project',
    needs: ['steps.agent_id', 'agents.project_id'],
    lacks: ['steps.project_id'],
    enters: '60ed28ee7138',
    proof: 'select 1 from steps s join agents a on a.id = s.agent_id where a.project_id is not null',
  },
  {
    name: 'step of an agent that is gone',
    needs: ['steps.agent_id'],
    proof: 'select 1 from steps s where agent_id is not null and not exists (select from agents a where a.id = s.agent_id)',
  },
  {
    name: 'step of no agent and no organization',
    needs: ['steps.agent_id'],
    proof: 'select 1 from steps where agent_id is null and organization_id is null',
  },
  {
    name: 'step stopped by every reason of the enum',
    needs: ['steps.stop_reason'],
    to: 110,
    enters: '887a4367b560',
    proof: 'select 1 from steps where stop_reason is not null having count(distinct stop_reason::text) = 7',
  },
  {
    name: 'step ended by a reason that the enum does not have',
    needs: ['steps.stop_reason'],
    from: 117,
    proof: `select 1 from steps where stop_reason = 'requires_approval'`,
  },
  {
    name: 'batch before it had a job',
    needs: ['llm_batch_job', 'llm_batch_items'],
    lacks: ['llm_batch_job.letta_batch_job_id'],
    enters: 'f2f78d62005c',
    proof: 'select 1 from llm_batch_items i join llm_batch_job b on b.id = i.batch_id',
  },
  {
    name: 'jobs before they had an organization',
    needs: ['jobs'],
    lacks: ['jobs.organization_id'],
    enters: '5d27a719b24d',
    proof: `select 1 from jobs`,
  },
  {
    name: 'job of another organization than its user',
    needs: ['jobs.organization_id'],
    enters: '5d27a719b24d',
    proof: `select 1 from jobs j join users u on u.id = j.user_id where j.organization_id <> u.organization_id`,
  },
  {
    name: 'run with a start, an end and steps, before runs had metrics',
    needs: ['jobs.total_duration_ns', 'steps.job_id'],
    lacks: ['run_metrics'],
    enters: 'c734cfc0d595',
    proof: `select 1 from jobs j join steps s on s.job_id = j.id where j.job_type = 'run' and j.total_duration_ns is not null`,
  },
  {
    name: 'batch items before they named their batch anew',
    needs: ['llm_batch_items'],
    lacks: ['llm_batch_items.llm_batch_id'],
    enters: '7b189006c97d',
    proof: `select 1 from llm_batch_items`,
  },
  {
    name: 'usage of a job counted, before there were steps',
    needs: ['job_usage_statistics'],
    lacks: ['steps'],
    enters: '416b9d2db10b',
    proof: `select 1 from job_usage_statistics having count(distinct job_id) > 1`,
  },
  {
    name: 'run of an organization without users, with messages and steps',
    needs: ['runs', 'messages.run_id', 'steps.run_id', 'step_metrics.run_id'],
    enters,
    proof: `select 1 from runs r where not exists (select from users u where u.organization_id = r.organization_id or u.id = r._created_by_id)
              and exists (select from messages t where t.run_id = r.id) and exists (select from steps t join step_metrics m using (id) where t.run_id = r.id)`,
  },
];
