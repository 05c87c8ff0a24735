import { byAge, distinctNames } from '../distinct-names.ts';
import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.8.9, sources. As upstream: of sources of one name in an organization the oldest keeps it, the others are renamed name_2,
 * name_3 …; upstream aborts where that name is taken, and leaves the order of equal dates to chance.
 */
export const step: RevisionStep = {
  revision: '46699adc71a7',
  up: (state) => {
    const names = distinctNames({
      table: 'sources',
      column: 'name',
      within: (row) => [`${row}.organization_id`],
      order: byAge,
      rows: state.rows('sources', ['id', 'name', 'organization_id', 'created_at']),
    });
    return {
      set: { sources: { join: `join ${names.rows} n on n.id = t.id`, columns: { name: 'n.name' } } },
      moved: ['sources.name'],
      losses: [
        {
          class: 'derived',
          table: 'sources',
          column: 'name',
          reason: 'another source of the same organization has the same name: the oldest keeps it, this one has _2, _3 … behind it',
          sql: names.renamed,
        },
      ],
      checks: [names.check],
    };
  },
};
