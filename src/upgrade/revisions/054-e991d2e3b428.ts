import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.49, messages.sequence_id. As upstream: 1, 2, 3 … by (created_at, id), which puts messages without a date last. Equal
 * dates are told apart by the id's bytes, not by the database's collation, so that the result is the same everywhere.
 */
export const step: RevisionStep = {
  revision: 'e991d2e3b428',
  up: (state) => {
    const messages = state.rows('messages', ['id']);
    return {
      set: { messages: { columns: { sequence_id: `row_number() over (order by t.created_at, t.id collate "C")` } } },
      checks: [
        {
          of: { table: 'messages', columns: ['sequence_id'] },
          sql: (built) => `
            select 'id=' || o.id, 'its place in the order is not that of its date'
              from (select b.id, b.sequence_id, coalesce(b.created_at, 'infinity') as at, lag(b.sequence_id) over w as before,
                           lag(coalesce(b.created_at, 'infinity')) over w as before_at, lag(b.id) over w as before_id
                      from ${built('messages')} b window w as (order by b.sequence_id)) o
             where o.sequence_id is null or o.sequence_id < 1 or o.sequence_id > (select count(*) from ${messages} m)
                or o.sequence_id = o.before or (o.before_at, o.before_id collate "C") > (o.at, o.id collate "C")`,
        },
      ],
    };
  },
};
