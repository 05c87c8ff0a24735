import type { Finding } from '../../../src/verify/finding.ts';

/** What a test says of findings: code, place, ids; `count` where it is not the number of ids. */
export function told(findings: readonly Finding[]): Record<string, unknown>[] {
  return findings.map(({ code, where, ids, count }) => ({ code, where, ids, ...(count === ids.length ? {} : { count }) }));
}
