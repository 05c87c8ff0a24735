import { withFields } from '../../letta/json-sql.ts';
import { refusedReturnTypes, requestConfigTables } from '../../letta/refused/return-types.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** Types of messages that a request asked for and that the release does not know leave its list. */
export const requestConfigRule: AdaptRule = {
  name: 'request-config',
  applies: () => true,
  run: async (built, release) => {
    const { types, unknown } = refusedReturnTypes(release, 't.request_config');
    const rest = `(select '[' || coalesce(string_agg(m.item::text, ', ' order by m.n), '') || ']' from ${types} where not (${unknown}))`;
    const losses: Loss[] = [];
    for (const table of requestConfigTables) {
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
