import type { Database } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import type { Vault } from '../vault/vault.ts';
import { allChecks } from '../verify/all-checks.ts';
import type { Change } from '../verify/change.ts';
import type { Check } from '../verify/check.ts';
import { checkContext } from '../verify/check-context.ts';
import type { Finding } from '../verify/finding.ts';
import { runChecks } from '../verify/run-checks.ts';
import { describeChange, takenBack } from './applied-change.ts';
import { applyChanges, type ChangeTarget } from './apply-changes.ts';
import { makeChanges } from './make-changes.ts';
import type { RepairPlan } from './plan-repair.ts';
import { noLongerWrong } from './still-wrong.ts';
import type { UndoRecord } from './undo-record.ts';

export interface RepairOptions {
  database: Database;
  vault: Vault;
  plan: RepairPlan;
  /** What the checks found when the plan was made. */
  before: readonly Finding[];
  whileInUse: boolean;
  encryptionKey: string | null;
  tool: string;
  reporter: Reporter;
  signal: AbortSignal;
  /** All checks, unless a test looks at some. */
  checks?: readonly Check[];
}

export interface RepairResult {
  record: UndoRecord;
  /** What the checks find now. */
  after: Finding[];
  /** Why taking the changes back would fail, as a trial within the transaction showed; null: it works. */
  notUndoable: string | null;
}

/**
 * Mends what a plan says, if all of that is wrong still, and proves it before COMMIT: the same checks, run within the
 * transaction, must find less of what was to be mended and no error that was not there; else nothing is changed.
 *
 * @throws LifeboatError row-changed, repair-ineffective, and what `makeChanges` throws
 */
export async function repair(options: RepairOptions): Promise<RepairResult> {
  const { database, vault, plan, before, whileInUse, encryptionKey, reporter, signal } = options;
  const checks = options.checks ?? allChecks;
  const contextOf = ({ session, home }: ChangeTarget) => checkContext(session, home, { encryptionKey, now: new Date() });
  let after: Finding[] = [];
  let needless: Change | null = null;
  let notUndoable: string | null = null;
  const record = await makeChanges({
    database,
    vault,
    identity: plan.identity,
    changes: plan.changes,
    whileInUse,
    about: {
      tool: options.tool,
      command: 'verify --repair',
      undoes: null,
      plan: plan.id,
      findings: plan.mend.map(({ code, where, count }) => ({ code, where, count })),
    },
    async look(target) {
      reporter.phase('checks');
      needless = await noLongerWrong(await contextOf(target), plan.mend, { checks, reporter, signal });
    },
    async prove(target, applied) {
      // Only now: a row that was itself written to says more.
      if (needless) throw new LifeboatError('row-changed', { row: describeChange(needless), reason: 'nothing is wrong with it any more' });
      reporter.phase('checks');
      after = (await runChecks(await contextOf(target), checks, { reporter, signal })).findings;
      const reasons = shortcomings(plan.mend, before, after);
      if (reasons.length > 0) throw new LifeboatError('repair-ineffective', { database: database.label, reasons: reasons.slice(0, 5) });
      reporter.phase('try undo');
      notUndoable = await tryUndo(target, applied);
    },
    reporter,
    signal,
  });
  return { record, after, notUndoable };
}

const keyOf = ({ code, where }: Finding): string => JSON.stringify([code, where]);

/** What a repair did not mend, and what it broke, in words. Pure. */
export function shortcomings(mended: readonly Finding[], before: readonly Finding[], after: readonly Finding[]): string[] {
  const now = new Map(after.map((finding) => [keyOf(finding), finding]));
  const then = new Map(before.map((finding) => [keyOf(finding), finding]));
  const left = mended.flatMap((finding) => {
    const still = now.get(keyOf(finding));
    return still && still.count >= finding.count ? [`${finding.code} at ${finding.where} would still be there`] : [];
  });
  const worse = after.flatMap((finding) => {
    const known = then.get(keyOf(finding));
    const counts = finding.severity === 'error' || finding.code === 'check-failed';
    if (!counts || (known !== undefined && finding.count <= known.count)) return [];
    return [
      `${finding.code} at ${finding.where} would be there${known === undefined ? '' : ` for ${finding.count} rows instead of ${known.count}`}`,
    ];
  });
  return [...left, ...worse];
}

/** Takes the changes back and forgets that again: an undo that was never tried is a hope. */
async function tryUndo(target: ChangeTarget, applied: Parameters<typeof takenBack>[0]): Promise<string | null> {
  await target.session.query('savepoint lifeboat_undo');
  try {
    await applyChanges(target, takenBack(applied));
    return null;
  } catch (error) {
    if (!(error instanceof LifeboatError) || !['row-changed', 'change-refused'].includes(error.code)) throw error;
    return error.message;
  } finally {
    await target.session.query('rollback to savepoint lifeboat_undo');
  }
}
