import type { RevisionStep } from '../revision-step.ts';

/** 0.10.0, agents.hidden. As upstream: agents of template projects are hidden, of all others nothing is said. */
export const step: RevisionStep = {
  revision: '15b577c62f3f',
  up: (state) => {
    const agents = state.rows('agents', ['id', 'project_id']);
    return {
      set: { agents: { columns: { hidden: `case when t.project_id like 'templates-%' then true end` } } },
      checks: [
        {
          of: { table: 'agents', columns: ['hidden'] },
          sql: (built) => `
            select 'id=' || b.id, 'is ' || case when b.hidden then 'hidden' else 'shown' end || ', and its project says otherwise'
              from ${built('agents')} b join ${agents} a on a.id = b.id
             where coalesce(left(a.project_id, 10) = 'templates-', false) <> (b.hidden is not null) or b.hidden is false`,
        },
      ],
    };
  },
};
