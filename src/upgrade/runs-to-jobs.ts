import { readable } from '../letta/json-sql.ts';
import { known } from './json-values.ts';
import type { Change, Check, LossQuery, StateBefore } from './revision-step.ts';

/** What a run and a job that is a run hold alike. */
const carried = [
  'id',
  'status',
  'completed_at',
  'stop_reason',
  'background',
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
  '_created_by_id',
  '_last_updated_by_id',
  'organization_id',
];

const agentText = '"agent_id"';

/** Whether metadata name an agent themselves; what lies deeper in them is somebody else's. A search for the text comes first: it spares most rows the rest. */
const saysAgent = (json: string): string => `(strpos(${json}::text, '${agentText}') > 0 and (${readable(json)})::jsonb ? 'agent_id')`;

/**
 * Servers below 0.12.0 look for a run's agent in its metadata, and fail the list of runs for one without metadata
 * (`routers/v1/runs.py` of 0.11.3). The agent is written in front, so that the rest keeps its exact text.
 */
const metadata = `case when ${known('t.metadata_')} is null or t.metadata_::text ~ '^\\s*\\{\\s*\\}\\s*$'
                         then ('{"agent_id": ' || to_json(t.agent_id)::text || '}')::json
                       when json_typeof(t.metadata_) <> 'object' or ${saysAgent('t.metadata_')} then t.metadata_
                       else ('{"agent_id": ' || to_json(t.agent_id)::text || ', ' || substr(t.metadata_::text, strpos(t.metadata_::text, '{') + 1))::json end`;

/**
 * Runs become jobs of type `run`, of the user who made them, or else of the first user of their organization. A run whose
 * organization has no user, or whose id a job has (left behind by upstream's 567e9fe06270), is set aside: it is made
 * without a user, which a job must have.
 */
export function runsToJobs(state: StateBefore): Change {
  const runs = state.rows('runs');
  const jobs = state.rows('jobs', ['id']);
  const users = state.rows('users', ['id', 'organization_id', 'is_deleted', 'created_at']);
  const first = `(select distinct on (u.organization_id) u.organization_id, u.id from ${users} u
                   order by u.organization_id, u.is_deleted, u.created_at nulls last, u.id)`;
  const owned = `(select r.id, j.id as left_behind, case when j.id is null then coalesce(u.id, f.id) end as user_id
                    from ${state.rows('runs', ['id', '_created_by_id', 'organization_id'])} r left join ${jobs} j on j.id = r.id
                    left join ${users} u on u.id = r._created_by_id left join ${first} f on f.organization_id = r.organization_id)`;
  const standing = `(select o.id from ${owned} o where o.user_id is not null or o.left_behind is not null)`;
  const linked = { join: `left join ${standing} r on r.id = t.run_id`, columns: { job_id: 'r.id' } };
  return {
    add: {
      jobs: [
        {
          from: `${runs} t join ${owned} o on o.id = t.id`,
          columns: {
            ...Object.fromEntries(carried.map((column) => [column, `t.${column}`])),
            job_type: `'run'::text`,
            user_id: 'o.user_id',
            metadata_: metadata,
          },
          of: { table: 'runs', carried: Object.fromEntries(carried.map((column) => [column, column])) },
          marker: `t.user_id is null or not exists (select from ${jobs} j where j.id = t.id)`,
        },
      ],
      job_messages: [
        {
          from: `${state.rows('messages', ['id', 'run_id', 'sequence_id'])} t join ${standing} r on r.id = t.run_id`,
          columns: { id: '(row_number() over (order by t.sequence_id))::integer', job_id: 'r.id', message_id: 't.id' },
        },
      ],
    },
    set: { steps: linked, step_metrics: linked },
    moved: ['runs.agent_id', 'runs.project_id', 'runs.metadata_', 'messages.run_id', 'steps.run_id', 'step_metrics.run_id'],
    losses: lossesOf(state, owned),
    checks: checksOf(state, users),
  };
}

function lossesOf(state: StateBefore, owned: string): LossQuery[] {
  const runs = state.rows('runs', ['id', 'agent_id', 'project_id', '_created_by_id', 'metadata_']);
  const agents = state.rows('agents', ['id', 'project_id']);
  const dangling = (table: 'messages' | 'steps' | 'step_metrics'): LossQuery => ({
    class: 'dropped',
    table,
    column: 'run_id',
    reason: 'the run that it points at is not there, or had to be set aside',
    sql: `select 'id=' || t.id, t.agent_id from ${state.rows(table, ['id', 'agent_id', 'run_id'])} t left join ${owned} o on o.id = t.run_id
           where t.run_id is not null and o.user_id is null and o.left_behind is null`,
  });
  return [
    {
      class: 'derived',
      table: 'jobs',
      column: 'user_id',
      reason:
        'below 0.12.0 a run belongs to a user, and the one who made it is not there: it belongs to the first user of its organization now',
      sql: `select 'id=' || t.id, t.agent_id from ${runs} t join ${owned} o on o.id = t.id where o.user_id is distinct from t._created_by_id and o.user_id is not null`,
    },
    {
      class: 'dropped',
      table: 'runs',
      column: 'agent_id',
      reason: 'below 0.12.0 a run’s agent stands in its metadata, and these say something else already',
      sql: `select 'id=' || t.id, t.agent_id from ${runs} t
             where json_typeof(${known('t.metadata_')}) <> 'object'
                or ${saysAgent('t.metadata_')} and (${readable('t.metadata_')})::jsonb ->> 'agent_id' is distinct from t.agent_id`,
    },
    {
      class: 'dropped',
      table: 'runs',
      column: 'project_id',
      reason: 'below 0.12.0 a run is of its agent’s project, and this one was of another',
      sql: `select 'id=' || t.id, t.agent_id from ${runs} t left join ${agents} a on a.id = t.agent_id
             where t.project_id is not null and t.project_id is distinct from a.project_id`,
    },
    dangling('messages'),
    dangling('steps'),
    dangling('step_metrics'),
  ];
}

function checksOf(state: StateBefore, users: string): Check[] {
  const runs = state.rows('runs', ['id', '_created_by_id', 'organization_id', 'agent_id', 'metadata_']);
  const jobs = state.rows('jobs', ['id']);
  const messages = state.rows('messages', ['id', 'run_id']);
  const pointers = { steps: state.rows('steps', ['id', 'run_id']), step_metrics: state.rows('step_metrics', ['id', 'run_id']) };
  const pointer = (table: 'steps' | 'step_metrics'): Check => ({
    of: { table, columns: ['job_id'] },
    sql: (built) => `
      select 'id=' || b.id, 'is not of the run that it is of in the snapshot'
        from ${built(table)} b join ${pointers[table]} s on s.id = b.id
        left join (select distinct j.id from ${built('jobs')} j where j.user_id is not null) j on j.id = s.run_id
       where b.job_id is distinct from case when j.id is null then null else s.run_id end`,
  });
  return [
    {
      of: { table: 'jobs', columns: ['user_id', 'job_type', 'metadata_'] },
      sql: (built) => `
        with b as (select b.* from ${built('jobs')} b where b.user_id is null or not exists (select from ${jobs} j where j.id = b.id))
        select 'id=' || b.id, 'is not of type run' from b where b.job_type is distinct from 'run'
        union all
        select 'id=' || b.id, 'is of a user who neither made it nor is the first of its organization'
          from b join ${runs} r on r.id = b.id
         where b.user_id is distinct from r._created_by_id
           and (b.user_id is null and r.id not in (select j.id from ${jobs} j)
                  and (r._created_by_id in (select u.id from ${users} u) or r.organization_id in (select u.organization_id from ${users} u))
                or b.user_id is not null
                  and (r._created_by_id in (select u.id from ${users} u)
                       or not exists (select from ${users} u where u.id = b.user_id and u.organization_id = r.organization_id)
                       or exists (select from ${users} u join ${users} own on own.id = b.user_id and u.organization_id = own.organization_id
                                   where (u.is_deleted, coalesce(u.created_at, 'infinity'), u.id)
                                       < (own.is_deleted, coalesce(own.created_at, 'infinity'), own.id))))
        union all
        select 'id=' || b.id, 'its metadata are not those of the run, with its agent in front'
          from b join ${runs} r on r.id = b.id
         where b.metadata_ is null
            or b.metadata_::text is distinct from r.metadata_::text
               and regexp_replace(b.metadata_::text, '^\\{"agent_id": "[^"]*", ', '{') is distinct from ltrim(r.metadata_::text)
               and not (b.metadata_::text = '{"agent_id": "' || r.agent_id || '"}' and coalesce(r.metadata_::text, 'null') in ('null', '{}'))
        union all
        select 'id=' || b.id, 'its metadata do not say whose run it is' from b join ${runs} r on r.id = b.id
         where (coalesce(r.metadata_::text, 'null') = 'null' or json_typeof(r.metadata_) = 'object')
           and not exists (select from json_object_keys(case when json_typeof(r.metadata_) = 'object' then ${readable('r.metadata_')} end) k where k = 'agent_id')
           and b.metadata_::text !~ ('^\\{"agent_id": "' || r.agent_id || '"[,}]')`,
    },
    {
      of: { table: 'job_messages', columns: ['id', 'job_id', 'message_id'] },
      sql: (built) => `
        select concat('job_id=', q.job_id, ', message_id=', q.message_id), 'is a link that the snapshot does not have'
          from (select b.job_id, b.message_id from ${built('job_messages')} b except all select m.run_id, m.id from ${messages} m) q
        union all
        select concat('job_id=', q.run_id, ', message_id=', q.id), 'is a link that the snapshot has, and is missing'
          from (select m.run_id, m.id from ${messages} m
                 where m.run_id in (select j.id from ${built('jobs')} j where j.user_id is not null)
                except select b.job_id, b.message_id from ${built('job_messages')} b) q
        union all
        select null, 'the numbers of the links are not 1, 2, 3, …' from ${built('job_messages')} b
        having count(*) <> count(distinct b.id) or min(b.id) <> 1 or max(b.id) <> count(*)`,
    },
    pointer('steps'),
    pointer('step_metrics'),
  ];
}
