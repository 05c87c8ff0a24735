import { acceptedValues } from '../accepted-values.ts';
import { elements, sqlList } from '../json-sql.ts';

/** The tables whose rows say in `request_config` what a request asked for; the models of jobs leave it out. */
export const requestConfigTables = ['jobs', 'runs'] as const;

/**
 * What a request asked to be answered with: `LettaRequestConfig.include_return_message_types` in `letta/schemas/job.py`, a list of
 * MessageType, to which 0.11.7 and 0.16.5 added. One unknown makes the run or job, and their list, unreadable.
 *
 * @param config SQL expression of request_config
 * @returns SQL that lists the types as `m(item, n)`, and the condition that one of them is unknown
 */
export function refusedReturnTypes(release: string, config: string): { types: string; unknown: string } {
  return {
    types: elements(`(${config} -> 'include_return_message_types')`, 'm'),
    unknown: `(m.item #>> '{}') not in ${sqlList(acceptedValues('MessageType', release) ?? [])}`,
  };
}
