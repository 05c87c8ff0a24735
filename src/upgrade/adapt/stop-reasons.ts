import { acceptedValues } from '../../letta/accepted-values.ts';
import { sqlList, sqlText } from '../../letta/json-sql.ts';
import { refusedText, stopReasonColumns } from '../../letta/refused/text-columns.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** Failures by another name, and an end that waits for a person (`letta/schemas/letta_stop_reason.py`). */
const failures = [
  'llm_api_error',
  'invalid_llm_response',
  'max_tokens_exceeded',
  'insufficient_credits',
  'context_window_overflow_in_system_prompt',
];

/** Stop reasons were added up to 0.16.5; an unknown one makes the run, step or agent unreadable (letta-server.md §7.1). All are optional. */
export const stopReasonsRule: AdaptRule = {
  name: 'stop-reasons',
  applies: () => true,
  run: async (built, release) => {
    const losses: Loss[] = [];
    for (const { table, column, place } of stopReasonColumns) {
      const accepted = acceptedValues(place, release);
      const refused = refusedText(`t.${column}`, place, release);
      const type = built.model.tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === column)?.type;
      // Up to 0.11.6 steps.stop_reason is an enum of PostgreSQL, which can hold nothing else.
      if (accepted === null || refused === null || !type?.startsWith('character varying')) continue;
      const to = (value: string) => (accepted.includes(value) ? sqlText(value) : 'null');
      losses.push(
        ...(await change(built, {
          class: 'dropped',
          table,
          column,
          set: `case when t.${column} in ${sqlList(failures)} then ${to('error')} when t.${column} = 'requires_approval' then ${to('end_turn')} end`,
          where: refused,
          reason: `Letta ${release} does not know this reason for stopping and could not load the row: it becomes the nearest that it knows, or none`,
        })),
      );
    }
    return losses;
  },
};
