import { acceptedValues } from '../../letta/accepted-values.ts';
import { sqlText } from '../../letta/json-sql.ts';
import type { Loss } from '../loss.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/**
 * Status values that were taken out of `letta/schemas/enums.py`: `not_started` with 0.8.6 (the same as `created`), `running` of
 * a batch item's step with 0.6.54, and for runs `pending` and `expired` when they left the jobs with 0.12.0.
 */
const former = [
  { table: 'jobs', column: 'status', place: 'Job.status', from: 'not_started', to: 'created' },
  { table: 'llm_batch_job', column: 'status', place: 'LLMBatchJob.status', from: 'not_started', to: 'created' },
  { table: 'llm_batch_items', column: 'request_status', place: 'LLMBatchItem.request_status', from: 'not_started', to: 'created' },
  { table: 'llm_batch_items', column: 'step_status', place: 'LLMBatchItem.step_status', from: 'running', to: 'paused' },
  { table: 'runs', column: 'status', place: 'Run.status', from: 'not_started', to: 'created' },
  { table: 'runs', column: 'status', place: 'Run.status', from: 'pending', to: 'created' },
  { table: 'runs', column: 'status', place: 'Run.status', from: 'expired', to: 'failed' },
];

export const statusesRule: AdaptRule = {
  name: 'statuses',
  applies: () => true,
  run: async (built, release) => {
    const losses: Loss[] = [];
    for (const { table, column, place, from, to } of former) {
      if (acceptedValues(place, release)?.includes(from)) continue;
      losses.push(
        ...(await change(built, {
          class: 'dropped',
          table,
          column,
          set: sqlText(to),
          where: `t.${column} = ${sqlText(from)}`,
          reason: `Letta ${release} does not know the status ${from} and could not list these rows: it becomes ${to}`,
        })),
      );
    }
    return losses;
  },
};
