import { fieldText } from './json-values.ts';
import type { StateBefore } from './revision-step.ts';

/**
 * Until 0.11.7 a run is a job of type `run`. Servers from 0.12.0 on check its id when they load it and fail a whole list
 * for one that is otherwise (`letta_base.py` _id_regex_pattern of Run), so only such rows can be runs.
 */
export const isRun = (job: string): string => `${job}.job_type = 'run' and ${job}.id ~ '^(job|run)-[a-fA-F0-9]{8}'`;

export interface JobRuns {
  /** The jobs that can be runs, as their agent is known: `id`, `created_at`, `agent_id`. Made once. */
  runs: string;
  /** All that anything says about a run's agent (`id`, `agent_id`), told by another route: for checks. */
  evidence: string;
}

/**
 * Whose run it was: what the server wrote beside it (`metadata_.agent_id`: `routers/v1/agents.py` of 0.11.3), else the
 * agent of its first message, else that of its first step. An agent that is gone is none: a run cannot be without.
 * (`agents_runs` was between two releases, for three revisions.)
 */
export function jobRuns(state: StateBefore): JobRuns {
  const jobs = state.rows('jobs', ['id', 'job_type', 'metadata_', 'created_at']);
  const agents = state.rows('agents', ['id']);
  const listed = state.rows('agents_runs', ['run_id', 'agent_id']);
  const links = state.rows('job_messages', ['id', 'job_id', 'message_id', 'is_deleted']);
  const messages = state.rows('messages', ['id', 'agent_id']);
  const steps = state.rows('steps', ['id', 'job_id', 'agent_id', 'created_at']);
  const named = fieldText('j.metadata_', 'agent_id');
  const runs = state.prepared(
    'step_567e9fe06270_runs',
    `
    with job as (select j.id, j.created_at, a.id as named from ${jobs} j left join ${agents} a on a.id = ${named} where ${isRun('j')}),
         open as (select j.id from job j where j.named is null),
         listed as (select o.id, min(a.id) as agent_id from open o join ${listed} r on r.run_id = o.id join ${agents} a on a.id = r.agent_id
                     group by o.id),
         told as (select distinct on (o.id) o.id, a.id as agent_id
                    from open o join ${links} l on l.job_id = o.id and not l.is_deleted
                    join ${messages} m on m.id = l.message_id join ${agents} a on a.id = m.agent_id
                   order by o.id, l.id),
         stepped as (select distinct on (o.id) o.id, a.id as agent_id
                       from open o join ${steps} s on s.job_id = o.id join ${agents} a on a.id = s.agent_id
                      order by o.id, s.created_at nulls last, s.id),
         judged as (select j.id, j.created_at, coalesce(j.named, l.agent_id, t.agent_id, s.agent_id) as agent_id
                      from job j left join listed l on l.id = j.id left join told t on t.id = j.id left join stepped s on s.id = j.id)
    select r.id, r.created_at, r.agent_id from judged r where r.agent_id is not null`,
  );
  const evidence = `(
    with job as (select j.id, ${named} as named from ${jobs} j where ${isRun('j')}),
         sure as (select j.id, a.id as agent_id from ${agents} a join job j on j.named = a.id)
    select s.id, s.agent_id from sure s
    union (select q.id, q.agent_id
             from (select r.run_id as id, r.agent_id from ${listed} r
                   union all select l.job_id, m.agent_id from ${messages} m join ${links} l on l.message_id = m.id where not l.is_deleted
                   union all select s.job_id, s.agent_id from ${steps} s where s.job_id is not null) q
             join job j on j.id = q.id join ${agents} a on a.id = q.agent_id
            where not exists (select from sure s where s.id = q.id)))`;
  return { runs, evidence };
}
