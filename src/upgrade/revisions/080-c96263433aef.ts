import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.8.3, source_passages.file_name. As upstream: the file's. Upstream aborts on a passage without a file, and Letta's
 * passages need none: we name the source in its place, so that an agent that finds the passage is told where it is from.
 */
export const step: RevisionStep = {
  revision: 'c96263433aef',
  up: (state) => {
    const files = state.rows('files', ['id', 'file_name']);
    const sources = state.rows('sources', ['id', 'name']);
    const passages = state.rows('source_passages', ['id', 'file_id', 'source_id']);
    return {
      set: {
        source_passages: {
          join: `left join ${files} f on f.id = t.file_id left join ${sources} s on s.id = t.source_id`,
          columns: { file_name: 'coalesce(f.file_name, s.name)' },
        },
      },
      losses: [
        {
          class: 'derived',
          table: 'source_passages',
          column: 'file_name',
          reason: 'the passage has no file, or the file no name: the source’s name stands in its place',
          sql: `select 'id=' || t.id, null from ${passages} t left join ${files} f on f.id = t.file_id where f.file_name is null`,
        },
      ],
      checks: [
        {
          of: { table: 'source_passages', columns: ['file_name'] },
          sql: (built) => `
            select 'id=' || b.id, 'file_name is not its file’s' from ${files} f join ${passages} t on t.file_id = f.id join ${built('source_passages')} b on b.id = t.id
             where f.file_name is not null and b.file_name is distinct from f.file_name
            union all
            select 'id=' || b.id, 'file_name is not its source’s' from ${sources} s join ${passages} t on t.source_id = s.id join ${built('source_passages')} b on b.id = t.id
             where not exists (select from ${files} f where f.id = t.file_id and f.file_name is not null) and b.file_name is distinct from s.name`,
        },
      ],
    };
  },
};
