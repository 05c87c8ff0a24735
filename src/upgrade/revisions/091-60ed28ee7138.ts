import type { RevisionStep } from '../revision-step.ts';

/** 0.8.9, steps.project_id. As upstream: the agent's. */
export const step: RevisionStep = {
  revision: '60ed28ee7138',
  up: (state) => {
    const agents = state.rows('agents', ['id', 'project_id']);
    const steps = state.rows('steps', ['id', 'agent_id']);
    return {
      set: { steps: { join: `left join ${agents} a on a.id = t.agent_id`, columns: { project_id: 'a.project_id' } } },
      checks: [
        {
          of: { table: 'steps', columns: ['project_id'] },
          sql: (built) => `
            select 'id=' || b.id, 'its project is not its agent’s' from (select s.id, a.project_id from ${agents} a join ${steps} s on s.agent_id = a.id where a.project_id is not null) e
              full join ${built('steps')} b on b.id = e.id where b.project_id is distinct from e.project_id`,
        },
      ],
    };
  },
};
