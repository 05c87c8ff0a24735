import type { Check } from '../check.ts';
import { testQueries } from '../test-queries.ts';

const slowMilliseconds = 2000;

export const querySlow: Check = {
  code: 'query-slow',
  group: 'queries',
  severity: 'warning',
  looksFor: `A query that a server would run takes more than ${slowMilliseconds / 1000} seconds on whoever has most rows.`,
  effect: 'Every such request waits as long, and some end with a timeout: 503 (letta-server.md §7.5).',
  run: async (context) =>
    (await testQueries(context)).flatMap(({ name, what, milliseconds, rows, error }) =>
      error !== null || milliseconds <= slowMilliseconds
        ? []
        : [
            {
              code: 'query-slow',
              severity: 'warning' as const,
              where: name,
              message: `${what} took ${(milliseconds / 1000).toFixed(1)} s (${rows} rows)`,
              ids: [],
              count: 0,
              why: 'A server waits as long for each of these.',
              repair: 'Run ANALYZE; look for missing or invalid indexes among the other findings, and at what else the machine does.',
              changes: [],
            },
          ],
    ),
};
