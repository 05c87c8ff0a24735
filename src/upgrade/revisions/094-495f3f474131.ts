import type { RevisionStep } from '../revision-step.ts';

/** 0.8.14, files_agents.source_id. As upstream: the file's. */
export const step: RevisionStep = {
  revision: '495f3f474131',
  up: (state) => {
    const files = state.rows('files', ['id', 'source_id']);
    const views = state.rows('files_agents', ['id', 'file_id']);
    return {
      set: { files_agents: { join: `left join ${files} f on f.id = t.file_id`, columns: { source_id: 'f.source_id' } } },
      checks: [
        {
          of: { table: 'files_agents', columns: ['source_id'] },
          sql: (built) => `
            select 'id=' || b.id, 'its source is not its file’s' from (select v.id, f.source_id from ${files} f join ${views} v on v.file_id = f.id) e
              full join ${built('files_agents')} b on b.id = e.id where b.source_id is distinct from e.source_id`,
        },
      ],
    };
  },
};
