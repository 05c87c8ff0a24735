import { formatCountOf } from '../report/format.ts';
import type { Reporter } from '../report/progress.ts';
import type { Check, CheckContext } from './check.ts';
import type { Finding } from './finding.ts';

export interface CheckRun {
  code: string;
  seconds: number;
  findings: number;
}

/**
 * Runs checks one after the other in the context's transaction. One that fails with an error of its own is a finding
 * (`check-failed`), and the others go on: what it could not look at is not clean.
 */
export async function runChecks(
  context: CheckContext,
  checks: readonly Check[],
  { reporter, signal }: { reporter: Reporter; signal: AbortSignal },
): Promise<{ findings: Finding[]; runs: CheckRun[] }> {
  const findings: Finding[] = [];
  const runs: CheckRun[] = [];
  for (const check of checks) {
    signal.throwIfAborted();
    reporter.progress({ what: check.code });
    const started = performance.now();
    await context.session.query('savepoint before_check');
    let found: Finding[];
    try {
      found = await check.run(context);
      await context.session.query('release savepoint before_check');
    } catch (error) {
      signal.throwIfAborted();
      await context.session.query('rollback to savepoint before_check');
      found = [failed(check, error)];
    }
    findings.push(...found);
    const seconds = (performance.now() - started) / 1000;
    runs.push({ code: check.code, seconds, findings: found.length });
    reporter.detail(`${check.code}: ${formatCountOf(found.length, 'finding')} in ${seconds.toFixed(2)} s`);
  }
  return { findings, runs };
}

function failed(check: Check, error: unknown): Finding {
  return {
    code: 'check-failed',
    severity: 'warning',
    where: check.code,
    message: `The check could not be made: ${error instanceof Error ? error.message : 'unknown error'}`,
    ids: [],
    count: 0,
    why: 'What it looks for may be there, unseen.',
    repair: null,
    changes: [],
  };
}
