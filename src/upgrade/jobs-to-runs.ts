import { checksOfRuns } from './check-runs.ts';
import { jobRuns } from './job-runs.ts';
import type { Change, LossQuery, StateBefore } from './revision-step.ts';

/** What a job that is a run and a run hold alike. */
const carried = [
  'id',
  'completed_at',
  'stop_reason',
  'background',
  'metadata_',
  'request_config',
  'callback_url',
  'callback_sent_at',
  'callback_status_code',
  'callback_error',
  'ttft_ns',
  'total_duration_ns',
  'created_at',
  'updated_at',
  'is_deleted',
  '_last_updated_by_id',
];

/**
 * A run has fewer states than a job (`letta/schemas/enums.py`: RunStatus of 0.12.0, JobStatus of 0.11.7): one that waited
 * to start has not started, one that ran out of time failed.
 */
const status = `case when t.status in ('created', 'running', 'completed', 'failed', 'cancelled') then t.status
                     when t.status in ('pending', 'not_started') then 'created' else 'failed' end`;

/** Jobs that are runs move to `runs`; messages, steps and step metrics point at them there. */
export function jobsToRuns(state: StateBefore): Change {
  const { runs } = jobRuns(state);
  const all = state.rows('jobs');
  const agents = state.rows('agents', ['id', 'organization_id', 'project_id']);
  const steps = state.rows('steps', ['id', 'job_id']);
  const links = state.rows('job_messages', ['job_id', 'message_id', 'is_deleted']);
  const linked = `(select distinct on (l.message_id) l.message_id, r.id as run_id
                     from ${links} l join ${runs} r on r.id = l.job_id where not l.is_deleted
                    order by l.message_id, r.created_at desc nulls last, r.id desc)`;
  const stepped = `(select s.id, r.id as run_id from ${steps} s join ${runs} r on r.id = s.job_id)`;
  const byJob = { join: `left join ${runs} r on r.id = t.job_id`, columns: { run_id: 'r.id' } };
  return {
    add: {
      runs: [
        {
          from: `${all} t join ${runs} r on r.id = t.id join ${agents} a on a.id = r.agent_id`,
          columns: {
            ...Object.fromEntries(carried.map((column) => [column, `t.${column}`])),
            status,
            agent_id: 'a.id',
            organization_id: 'a.organization_id',
            project_id: 'a.project_id',
            _created_by_id: 'coalesce(t._created_by_id, t.user_id)',
          },
          of: { table: 'jobs', carried: Object.fromEntries(carried.map((column) => [column, column])) },
        },
      ],
    },
    set: {
      // Only to know who leaves.
      jobs: { join: `left join ${runs} r on r.id = t.id`, columns: {} },
      messages: {
        join: `left join ${linked} l on l.message_id = t.id left join ${stepped} s on s.id = t.step_id`,
        columns: { run_id: 'coalesce(l.run_id, s.run_id)' },
      },
      steps: byJob,
      step_metrics: byJob,
    },
    leave: { jobs: 'r.id is not null' },
    moved: ['agents_runs', 'job_messages', 'steps.job_id', 'step_metrics.job_id'],
    losses: lossesOf(state),
    checks: checksOfRuns(state, carried),
  };
}

function lossesOf(state: StateBefore): LossQuery[] {
  const { runs } = jobRuns(state);
  const jobs = state.rows('jobs', ['id', 'user_id', 'status', '_created_by_id', 'job_type']);
  const agents = state.rows('agents', ['id', 'organization_id']);
  const users = state.rows('users', ['id', 'organization_id']);
  const messages = state.rows('messages', ['id', 'agent_id']);
  const links = state.rows('job_messages', ['job_id', 'message_id', 'is_deleted', 'created_at']);
  const dropped = (table: string, column: string | null, reason: string, sql: string): LossQuery => ({
    class: 'dropped',
    table,
    column,
    reason,
    sql,
  });
  /** Links go with their table; where one says more than messages.run_id can, the table is kept whole. */
  const link = (column: string | null, reason: string, sql: string): LossQuery => ({
    class: 'set aside',
    table: 'job_messages',
    column,
    reason,
    sql,
    keep: 'job_messages',
    wayBack: 'lifeboat_set_aside.job_messages has all of them, as they were',
  });
  const noRun = (table: 'steps' | 'step_metrics'): LossQuery =>
    dropped(
      table,
      'job_id',
      'it was made by a job that is no run, or a run of which nothing tells the agent; from 0.12.0 on it can point at a run only',
      `select 'id=' || t.id, t.agent_id from ${state.rows(table, ['id', 'agent_id', 'job_id'])} t
         left join ${runs} r on r.id = t.job_id where t.job_id is not null and r.id is null`,
    );
  return [
    {
      class: 'set aside',
      table: 'jobs',
      column: null,
      reason:
        'a run of which nothing tells the agent (its metadata, messages and steps were looked at): it stays in jobs, where servers from 0.12.0 on do not look for runs; nothing of it is lost',
      sql: `select 'id=' || t.id, null from ${jobs} t left join ${runs} r on r.id = t.id where t.job_type = 'run' and r.id is null`,
      wayBack: `Once its agent is known: insert into runs (id, status, completed_at, metadata_, request_config, created_at, updated_at, _created_by_id, agent_id, organization_id) select j.id, j.status, j.completed_at, j.metadata_, j.request_config, j.created_at, j.updated_at, j.user_id, a.id, a.organization_id from jobs j join agents a on a.id = 'agent-…' where j.id = 'run-…'; delete from jobs where id = 'run-…';`,
    },
    {
      class: 'derived',
      table: 'runs',
      column: 'status',
      reason: 'a run cannot be in this state from 0.12.0 on: one that had not started is `created`, any other is `failed`',
      sql: `select 'id=' || t.id, r.agent_id from ${jobs} t join ${runs} r on r.id = t.id
             where t.status not in ('created', 'running', 'completed', 'failed', 'cancelled')`,
    },
    {
      class: 'derived',
      table: 'runs',
      column: 'organization_id',
      reason: 'the run was of a user of another organization than its agent; it is listed in that of its agent now',
      sql: `select 'id=' || t.id, r.agent_id from ${jobs} t join ${runs} r on r.id = t.id join ${agents} a on a.id = r.agent_id
             join ${users} u on u.id = t.user_id where u.organization_id <> a.organization_id`,
    },
    dropped(
      'jobs',
      'user_id',
      'a run has no user from 0.12.0 on, only who made it, and that was someone else',
      `select 'id=' || t.id, r.agent_id from ${jobs} t join ${runs} r on r.id = t.id where t._created_by_id <> t.user_id`,
    ),
    link(
      null,
      'the message is linked to a job that is no run, or to a run of which nothing tells the agent; from 0.12.0 on it can point at a run only',
      `select concat('job_id=', l.job_id, ', message_id=', l.message_id), m.agent_id
         from ${links} l left join ${runs} r on r.id = l.job_id left join ${messages} m on m.id = l.message_id where r.id is null`,
    ),
    link(
      null,
      'the link was soft-deleted',
      `select concat('job_id=', l.job_id, ', message_id=', l.message_id), r.agent_id from ${links} l join ${runs} r on r.id = l.job_id where l.is_deleted`,
    ),
    link(
      null,
      'the message is linked to several runs; from 0.12.0 on it has one, the latest',
      `select concat('job_id=', q.job_id, ', message_id=', q.message_id), q.agent_id
         from (select l.job_id, l.message_id, r.agent_id,
                      row_number() over (partition by l.message_id order by r.created_at desc nulls last, r.id desc) as place
                 from ${links} l join ${runs} r on r.id = l.job_id where not l.is_deleted) q where q.place > 1`,
    ),
    link(
      'created_at',
      'when the link between a message and its run was written (and by whom); the message says when it was written itself',
      `select concat('job_id=', l.job_id, ', message_id=', l.message_id), null from ${links} l where l.created_at is not null`,
    ),
    noRun('steps'),
    noRun('step_metrics'),
  ];
}
