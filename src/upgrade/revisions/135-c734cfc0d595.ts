import type { RevisionStep } from '../revision-step.ts';

const ns = (interval: string): string => `trunc(extract(epoch from ${interval}) * 1000000000)::bigint`;

/**
 * 0.12.0 keeps metrics beside every run, and a server cannot finish or cancel a run without (`update_run_by_id_async` of
 * `run_manager.py`). Upstream creates the table empty. We make a row per run from what is known, as the server would:
 * a run starts when it is created, takes what was measured or else until it was completed, and has the steps that point
 * at it. What is not known stays NULL. Downwards the table goes and is counted as lost.
 */
export const step: RevisionStep = {
  revision: 'c734cfc0d595',
  up: (state) => {
    const runs = state.rows('runs', [
      'id',
      'agent_id',
      'organization_id',
      'project_id',
      'created_at',
      'updated_at',
      'completed_at',
      'total_duration_ns',
    ]);
    const steps = state.rows('steps', ['run_id']);
    // completed_at is UTC without saying so (letta-server.md §3).
    const lasted = `t.completed_at - (t.created_at at time zone 'UTC')`;
    return {
      add: {
        run_metrics: [
          {
            from: `${runs} t left join (select s.run_id, count(*) as steps from ${steps} s group by s.run_id) s on s.run_id = t.id`,
            columns: {
              id: 't.id',
              run_start_ns: ns('t.created_at'),
              run_ns: `coalesce(t.total_duration_ns, case when ${lasted} >= interval '0' then ${ns(`(${lasted})`)} end)`,
              num_steps: 'coalesce(s.steps, 0)::integer',
              created_at: 't.created_at',
              updated_at: 't.updated_at',
              agent_id: 't.agent_id',
              organization_id: 't.organization_id',
              project_id: 't.project_id',
            },
          },
        ],
      },
      checks: [
        {
          of: {
            table: 'run_metrics',
            columns: ['id', 'agent_id', 'organization_id', 'project_id', 'created_at', 'updated_at', 'run_start_ns', 'run_ns'],
          },
          sql: (built) => `
            select 'id=' || q.id, 'is not the one of its run: same agent, organization, project and times'
              from (select b.id, b.agent_id, b.organization_id, b.project_id, b.created_at, b.updated_at from ${built('run_metrics')} b
                    except all select r.id, r.agent_id, r.organization_id, r.project_id, r.created_at, r.updated_at from ${built('runs')} r) q
            union all
            select 'id=' || q.id, 'is a run without metrics' from (select r.id from ${built('runs')} r except select b.id from ${built('run_metrics')} b) q
            union all
            select 'id=' || b.id, 'does not start when its run was made'
              from ${built('run_metrics')} b join ${built('runs')} r on r.id = b.id
             where b.run_start_ns / 1000 is distinct from (extract(epoch from r.created_at) * 1000000)::bigint
                or b.run_start_ns % 1000 <> 0
            union all
            select 'id=' || b.id, 'does not last as long as its run'
              from ${built('run_metrics')} b join ${built('runs')} r on r.id = b.id
             where case when r.total_duration_ns is not null then b.run_ns is distinct from r.total_duration_ns
                        when r.completed_at at time zone 'UTC' < r.created_at or r.completed_at is null or r.created_at is null then b.run_ns is not null
                        else r.created_at + b.run_ns / 1000 * interval '1 microsecond' is distinct from r.completed_at at time zone 'UTC' end`,
        },
        {
          of: { table: 'run_metrics', columns: ['num_steps'] },
          sql: (built) => `
            select 'id=' || q.id, 'does not have as many steps as point at its run'
              from (select b.id, b.num_steps from ${built('run_metrics')} b
                    except select s.run_id, count(*)::integer from ${built('steps')} s where s.run_id is not null group by s.run_id
                    except (select r.id, 0 from ${built('runs')} r left join ${built('steps')} s on s.run_id = r.id where s.id is null)) q`,
        },
      ],
    };
  },
};
