import { formatCountOf } from '../../report/format.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { type QueryTime, testQueries } from '../test-queries.ts';

const slowMilliseconds = 2000;

export const querySlow: Check = {
  code: 'query-slow',
  group: 'queries',
  severity: 'warning',
  looksFor: `A query that a server would run takes more than ${slowMilliseconds / 1000} seconds on whoever has most rows.`,
  effect: 'Every such request waits as long, and some end with a timeout: 503 (letta-server.md §7.5).',
  run: async (context) => slowQueries(await testQueries(context)),
};

/** The findings about times that were measured. Pure. */
export function slowQueries(times: readonly QueryTime[]): Finding[] {
  return times
    .filter(({ error, milliseconds }) => error === null && milliseconds > slowMilliseconds)
    .map(({ name, what, milliseconds, rows }) => ({
      code: 'query-slow',
      severity: 'warning',
      where: name,
      message: `${what} took ${(milliseconds / 1000).toFixed(1)} s (${formatCountOf(rows, 'row')})`,
      ids: [],
      count: 0,
      why: 'A server waits as long for each of these.',
      repair: 'Run ANALYZE; look for missing or invalid indexes among the other findings, and at what else the machine does.',
      changes: [],
    }));
}
