import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.12.0 adds `jobs.organization_id`. Upstream leaves it NULL in existing rows and so do we: jobs are found by their user
 * (`job_manager.py` of 0.16.8), an organization makes no job reachable. Downwards it goes; since a job belongs to a user
 * and a user to one organization, that loses nothing unless the two differ.
 */
export const step: RevisionStep = {
  revision: '5d27a719b24d',
  down: (state) => ({
    moved: ['jobs.organization_id'],
    losses: [
      {
        class: 'dropped',
        table: 'jobs',
        column: 'organization_id',
        reason: 'below 0.12.0 a job is of its user’s organization, and this job was of another one',
        sql: `select 'id=' || t.id, null from ${state.rows('jobs', ['id', 'user_id', 'organization_id'])} t
                left join ${state.rows('users', ['id', 'organization_id'])} u on u.id = t.user_id
               where t.organization_id is not null and t.organization_id is distinct from u.organization_id`,
      },
    ],
  }),
};
