import type { Database } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { exitCodes } from '../report/exit-codes.ts';
import type { Warning } from '../report/progress.ts';
import type { RestorePlan, RestoreRequest } from '../restore/plan.ts';
import { type RestoreResult, restore } from '../restore/restore.ts';
import type { OpenedVault } from '../vault/opened-vault.ts';
import type { SnapshotRef } from '../vault/vault.ts';
import type { Context, VaultFlags } from './context.ts';
import { outcome } from './outcome.ts';
import { askForWord, askYesOrNo } from './prompts.ts';
import { type ReleaseFlags, secretKeys } from './release-flags.ts';
import { vaultWords } from './vault-words.ts';
import { agentComparisonTable, lossTable, wrongTable } from './views/loss-views.ts';
import { driftTable, restoreDryRun, restorePlan, restoreSummary } from './views/restore-views.ts';
import { differenceTable } from './views/verification-views.ts';
import { writeLossReport } from './write-loss-report.ts';

export interface BuildFlags extends VaultFlags, ReleaseFlags {
  dryRun?: true;
}

export interface BuildOrder {
  vault: OpenedVault;
  ref: SnapshotRef;
  target: Database;
  request: RestoreRequest;
  /** What was said before: the summary's warnings begin with it. */
  warnings?: Warning[];
  /** Shown with the plan, too. */
  notes?: Warning[];
  /** Commands to go on with, once the database is proven. */
  next: (opening: string) => string[];
}

/** Builds a database from a snapshot, shows plan, losses and proof: what `restore` and `upgrade` share. @returns exit code */
export async function buildDatabase(context: Context, flags: BuildFlags, order: BuildOrder): Promise<number> {
  const { output, signal, environment } = context;
  const { vault, ref, target, request } = order;
  const dryRun = flags.dryRun ?? false;
  const started = performance.now();
  const result = await restore({
    vault,
    ref,
    target,
    request,
    reporter: output.reporter,
    signal,
    dryRun,
    keys: await secretKeys(flags, environment),
    ...(order.notes && { notes: order.notes }),
    ...(flags.acceptLosses !== undefined && { acceptLosses: flags.acceptLosses }),
    confirm: (plan) => confirm(context, plan, target.label),
  });
  if (dryRun) return await showPlan(context, flags, result, target.label, vaultWords(vault, flags));
  if (!result.done) throw new LifeboatError('declined');
  result.warnings.unshift(...(order.warnings ?? []));
  const differences = result.comparison?.differences ?? [];
  if (result.agents.length > 0) output.table(agentComparisonTable(result.agents));
  if (differences.length > 0) output.table(differenceTable(differences));
  if (result.wrong.length > 0) output.table(wrongTable(result.wrong));
  if (result.drift.length > 0) output.table(driftTable(result.drift));
  if (result.plan.way) output.table(lossTable(result.losses, { built: true }));
  await writeLossReport(flags.report, result, target.label);
  const equal = isEqual(result);
  const { exit, tone } = outcome({
    differences: !equal || (!result.accepted && result.losses.some((loss) => loss.class === 'dropped')),
    partial:
      result.losses.some((loss) => loss.class === 'set aside' || loss.class === 'unchecked') ||
      result.warnings.some((warning) => warning.partial),
  });
  const opening = vaultWords(vault, flags);
  const seconds = (performance.now() - started) / 1000;
  output.summary(restoreSummary(result, { target, equal, tone, seconds, next: equal ? order.next(opening) : [] }));
  return exit;
}

/** Whether the built database is what the snapshot holds, as far as the plan says that it is carried. */
export function isEqual({ comparison, wrong, drift, agents }: RestoreResult): boolean {
  return (comparison?.equal ?? false) && wrong.length === 0 && drift.length === 0 && agents.every(({ there }) => there);
}

/** What exists already is confirmed by its name; a database that is only created, by a yes. */
async function confirm({ output, yes, signal }: Context, plan: RestorePlan, label: string): Promise<boolean> {
  output.plan(restorePlan(plan, label));
  if (plan.way && plan.way.losses.length > 0) output.table(lossTable(plan.way.losses, { built: false }));
  if (yes) return true;
  output.settle();
  const { create, database, replacesIncomplete } = plan.target;
  return create && !replacesIncomplete
    ? await askYesOrNo(`Create ${database} and restore into it?`, signal)
    : await askForWord(`This changes the existing database ${database}.`, database, signal);
}

async function showPlan({ output }: Context, flags: BuildFlags, result: RestoreResult, label: string, opening: string): Promise<number> {
  const { plan } = result;
  output.plan(restorePlan(plan, label));
  if (plan.way) output.table(lossTable(result.losses, { built: false }));
  await writeLossReport(flags.report, result, label);
  output.summary(restoreDryRun(result, label, opening));
  const refusal = plan.refusals[0];
  if (refusal) return new LifeboatError(refusal.code, refusal.facts).exit;
  return result.losses.some((loss) => loss.class === 'dropped') && !result.accepted ? exitCodes.differences : exitCodes.done;
}
