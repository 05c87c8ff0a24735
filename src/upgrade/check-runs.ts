import { isRun, jobRuns } from './job-runs.ts';
import type { Check, StateBefore } from './revision-step.ts';

/**
 * The second route to what `jobsToRuns` computes: from the built rows back to what the snapshot says of them.
 * @param carried what jobs and runs hold alike: where an earlier step computed it, the snapshot cannot prove it
 */
export function checksOfRuns(state: StateBefore, carried: readonly string[]): Check[] {
  const { evidence } = jobRuns(state);
  const jobs = state.rows('jobs', ['id', 'user_id', 'status', '_created_by_id', 'job_type']);
  const whole = state.rows('jobs', carried);
  const list = carried.map((column) => `t.${column}::text`).join(', ');
  return [
    {
      of: { table: 'runs', columns: [...carried] },
      sql: (built) => `
        select 'id=' || q.id, 'is not what the job was' from (select ${list} from ${built('runs')} t except all select ${list} from ${whole} t) q`,
    },
    {
      of: { table: 'runs', columns: ['agent_id'] },
      sql: (built) => `
        select 'id=' || q.id, 'its agent is not the one that the snapshot tells'
          from (select b.id, b.agent_id from ${built('runs')} b except select e.id, e.agent_id from ${evidence} e) q
        union all
        select 'id=' || j.id, 'is a run with an agent, and was left among the jobs'
          from ${built('jobs')} j where ${isRun('j')} and j.id in (select e.id from ${evidence} e)`,
    },
    {
      of: { table: 'runs', columns: ['organization_id', 'project_id'] },
      sql: (built) => `
        select 'id=' || b.id, 'its organization or project is not that of its agent' from ${built('runs')} b
         where not exists (select from ${built('agents')} a where a.id = b.agent_id and a.organization_id = b.organization_id
                              and coalesce(a.project_id, '') = coalesce(b.project_id, ''))`,
    },
    {
      of: { table: 'runs', columns: ['status', '_created_by_id'] },
      sql: (built) => `
        select 'id=' || b.id, 'its status is not that of the job' from ${built('runs')} b join ${jobs} j on j.id = b.id
         where b.status is null or b.status <> j.status and (b.status <> 'created' or j.status not in ('pending', 'not_started'))
           and (b.status <> 'failed' or j.status in ('created', 'running', 'completed', 'cancelled', 'pending', 'not_started'))
        union all
        select 'id=' || b.id, 'is not made by who made the job' from ${built('runs')} b join ${jobs} j on j.id = b.id
         where b._created_by_id is null or b._created_by_id <> j._created_by_id or j._created_by_id is null and b._created_by_id <> j.user_id`,
    },
    checkOfMessages(state),
    checkOf('steps', state),
    checkOf('step_metrics', state),
  ];
}

function checkOfMessages(state: StateBefore): Check {
  const links = `(select l.job_id, l.message_id from ${state.rows('job_messages', ['job_id', 'message_id', 'is_deleted'])} l where not l.is_deleted)`;
  const stepped = `(select m.id as message_id, s.job_id
                      from ${state.rows('messages', ['id', 'step_id'])} m join ${state.rows('steps', ['id', 'job_id'])} s on s.id = m.step_id)`;
  return {
    of: { table: 'messages', columns: ['run_id'] },
    sql: (built) => `
      select 'id=' || q.id, 'is of a run that neither a link nor its step tells'
        from (select b.id, b.run_id from ${built('messages')} b where b.run_id is not null
              except (select l.message_id, l.job_id from ${links} l union all select s.message_id, s.job_id from ${stepped} s)) q
      union all
      select 'id=' || q.message_id, 'is of no run, though a link or its step tells one'
        from (select l.message_id from ${links} l join ${built('runs')} r on r.id = l.job_id
              union select s.message_id from ${stepped} s join ${built('runs')} r on r.id = s.job_id
              except select b.id from ${built('messages')} b where b.run_id is not null) q
      union all
      select 'id=' || b.id, 'is of another run than the latest that it is linked to'
        from ${built('messages')} b join ${links} l on l.message_id = b.id join ${built('runs')} r on r.id = l.job_id
        left join ${links} own on own.message_id = b.id and own.job_id = b.run_id left join ${built('runs')} mine on mine.id = own.job_id
       where b.run_id <> r.id
         and (mine.id is null or (coalesce(mine.created_at, '-infinity'), mine.id) < (coalesce(r.created_at, '-infinity'), r.id))`,
  };
}

function checkOf(table: 'steps' | 'step_metrics', state: StateBefore): Check {
  const rows = state.rows(table, ['id', 'job_id']);
  return {
    of: { table, columns: ['run_id'] },
    sql: (built) => `
      select 'id=' || b.id, 'is not of the run that it is of in the snapshot'
        from ${built(table)} b join ${rows} o on o.id = b.id left join ${built('runs')} r on r.id = o.job_id
       where b.run_id is distinct from case when r.id is null then null else o.job_id end`,
  };
}
