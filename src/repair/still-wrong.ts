import type { Reporter } from '../report/progress.ts';
import type { Change } from '../verify/change.ts';
import type { Check, CheckContext } from '../verify/check.ts';
import type { Finding } from '../verify/finding.ts';
import { runChecks } from '../verify/run-checks.ts';

/**
 * Asks the checks again, within the transaction and before it changes anything. A change guards the row that it writes to, but
 * the reason for it may lie in another one: an attachment goes because of the tool, an id because of a message that is missing.
 *
 * @returns the first planned change for which there is no reason any more, null when there is none
 */
export async function noLongerWrong(
  context: CheckContext,
  mend: readonly Finding[],
  { checks, ...told }: { checks: readonly Check[]; reporter: Reporter; signal: AbortSignal },
): Promise<Change | null> {
  const codes = new Set(mend.map(({ code }) => code));
  const own = checks.filter(({ code }) => codes.has(code));
  const { findings } = await runChecks(context, own, told);
  const proposed = new Set(findings.flatMap(({ changes }) => changes.map((change) => JSON.stringify(change))));
  return mend.flatMap(({ changes }) => changes).find((change) => !proposed.has(JSON.stringify(change))) ?? null;
}
