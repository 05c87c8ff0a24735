import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.1, jobs. Upstream re-types `completed_at` from timestamptz to timestamp in the session's time zone, and aborts on
 * jobs without state or user. Letta reads the naive time as UTC (letta-server.md §3), so we write UTC whatever the
 * session says. Rows without state or user wait for `setAsideIncomplete`: which they had cannot be known.
 */
export const step: RevisionStep = {
  revision: '3c683a662c82',
  up: (state) => {
    const jobs = state.rows('jobs', ['id', 'completed_at']);
    return {
      set: { jobs: { columns: { completed_at: `t.completed_at at time zone 'UTC'` } } },
      moved: ['jobs.completed_at'],
      checks: [
        {
          of: { table: 'jobs', columns: ['completed_at'] },
          sql: (built) => `
            select 'id=' || b.id, 'completed_at is not the same moment' from ${built('jobs')} b join ${jobs} t on t.id = b.id
             where extract(epoch from b.completed_at) is distinct from extract(epoch from t.completed_at)`,
        },
      ],
    };
  },
};
