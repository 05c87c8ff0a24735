import type { Check } from '../check.ts';
import { testQueries } from '../test-queries.ts';

export const queryFailed: Check = {
  code: 'query-failed',
  group: 'queries',
  severity: 'error',
  looksFor:
    'A query that a server would run fails: a list of agents, a page of messages, a context window, memory blocks, tools, a search by vectors.',
  effect: 'The same request to the server ends with 500.',
  run: async (context) =>
    (await testQueries(context)).flatMap(({ name, what, error }) =>
      error === null
        ? []
        : [
            {
              code: 'query-failed',
              severity: 'error' as const,
              where: name,
              message: `PostgreSQL could not give ${what}: ${error}`,
              ids: [],
              count: 0,
              why: 'A server that asks the same answers with 500.',
              repair:
                'Mend what PostgreSQL names; other findings usually say which rows or which part of the schema that is. Else restore a snapshot from before.',
              changes: [],
            },
          ],
    ),
};
