import { byAge, distinctNames } from '../distinct-names.ts';
import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.8.2, files_agents.file_name. As upstream: the file's. Upstream aborts where an agent has two files of one name or a file
 * has none: we number the names that the agent sees, and set aside the view of a file without a name; the file stays.
 * file_contents begins empty: a file's text was kept in its passages only.
 */
export const step: RevisionStep = {
  revision: 'cdd4a1c11aee',
  up: (state) => {
    const views = state.rows('files_agents', ['id', 'file_id', 'agent_id', 'created_at', 'is_deleted']);
    const names = distinctNames({
      table: 'files_agents',
      column: 'file_name',
      within: (row) => [`${row}.agent_id`],
      order: (row) => [`${row}.is_deleted`, ...byAge(row)],
      rows: `(select v.*, f.file_name as name from ${views} v left join ${state.rows('files', ['id', 'file_name'])} f on f.id = v.file_id)`,
    });
    return {
      set: { files_agents: { join: `join ${names.rows} n on n.id = t.id`, columns: { file_name: 'n.name' } } },
      losses: [
        {
          class: 'derived',
          table: 'files_agents',
          column: 'file_name',
          reason: 'the agent has another file of the same name: it sees this one with _2, _3 … behind its name',
          sql: names.renamed,
        },
      ],
      checks: [names.check],
    };
  },
};
