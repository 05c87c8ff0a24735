import { acceptedValues } from '../../letta/accepted-values.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import { elements, sqlList, withFields } from './json-sql.ts';
import type { AdaptRule } from './rule.ts';

/**
 * What a request asked to be answered with: `LettaRequestConfig.include_return_message_types` in `letta/schemas/job.py`, a list of
 * MessageType, to which 0.11.7 and 0.16.5 added. One unknown makes the run or job, and their list, unreadable.
 */
export const requestConfigRule: AdaptRule = {
  name: 'request-config',
  applies: () => true,
  run: async (built, release) => {
    const types = elements(`(t.request_config -> 'include_return_message_types')`, 'm');
    const unknown = `(m.item #>> '{}') not in ${sqlList(acceptedValues('MessageType', release) ?? [])}`;
    const rest = `(select '[' || coalesce(string_agg(m.item::text, ', ' order by m.n), '') || ']' from ${types} where not (${unknown}))`;
    const losses: Loss[] = [];
    for (const table of ['jobs', 'runs']) {
      losses.push(
        ...(await change(built, {
          class: 'dropped',
          table,
          column: 'request_config',
          set: withFields('t.request_config', { include_return_message_types: rest }),
          where: `exists (select from ${types} where ${unknown})`,
          reason: `Letta ${release} does not know some types of messages that the request asked for, and could not list these rows: they are taken out of its list`,
        })),
      );
    }
    return losses;
  },
};
