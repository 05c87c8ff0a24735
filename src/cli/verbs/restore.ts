import { openDatabase } from '../../postgres/open-database.ts';
import { LifeboatError } from '../../report/errors.ts';
import { exitCodes } from '../../report/exit-codes.ts';
import type { RestorePlan, RestoreRequest } from '../../restore/plan.ts';
import { type RestoreResult, restore } from '../../restore/restore.ts';
import type { Context, VaultFlags } from '../context.ts';
import { outcome } from '../outcome.ts';
import { askForWord, askYesOrNo } from '../prompts.ts';
import { resolveSnapshot } from '../resolve-snapshot.ts';
import { usageError } from '../usage-error.ts';
import { vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';
import { driftTable, restorePlan, restoreSummary } from '../views/restore-views.ts';
import { differenceTable } from '../views/verification-views.ts';

type Flags = VaultFlags & { to: string; layout: string; owner?: string; withObjects?: true; dryRun?: true };

export async function restoreTo(context: Context, flags: Flags, text: string): Promise<number> {
  const { output, signal, environment } = context;
  const dryRun = flags.dryRun ?? false;
  if (!dryRun && !context.yes && !context.interactive)
    throw usageError(
      'A restore shows its plan and asks; off a terminal nobody can answer.',
      'Run the same command again with --yes, or with --dry-run to see the plan.',
    );
  const request: RestoreRequest = { layout: layoutOf(flags.layout), owner: flags.owner ?? null, withObjects: flags.withObjects ?? false };
  const target = openDatabase(flags.to, { environment, create: true });
  try {
    const vault = await vaultOf(context, flags);
    const ref = await resolveSnapshot(vault, text, output);
    const started = performance.now();
    const result = await restore({
      vault,
      ref,
      target,
      request,
      reporter: output.reporter,
      signal,
      dryRun,
      confirm: (plan) => confirm(context, plan, target.label),
    });
    if (dryRun) return showPlan(context, result, target.label);
    if (!result.done) throw new LifeboatError('declined');
    const differences = result.comparison?.differences ?? [];
    if (differences.length > 0) output.table(differenceTable(differences));
    if (result.drift.length > 0) output.table(driftTable(result.drift));
    const equal = differences.length === 0 && result.drift.length === 0;
    const { exit, tone } = outcome({ differences: !equal, partial: result.warnings.some((warning) => warning.partial) });
    output.summary(
      restoreSummary(result, { target, opening: vaultWords(vault, flags), equal, tone, seconds: (performance.now() - started) / 1000 }),
    );
    return exit;
  } finally {
    await target.close();
  }
}

function layoutOf(text: string): RestoreRequest['layout'] {
  if (text === 'same' || text === 'public') return { kind: text };
  const name = /^schema:(.+)$/.exec(text)?.[1];
  if (name === undefined)
    throw usageError(`--layout ${text} is not known.`, 'Give --layout same, --layout public or --layout schema:NAME.');
  return { kind: 'schema', name };
}

/** What exists already is confirmed by its name; a database that is only created, by a yes. */
async function confirm({ output, yes, signal }: Context, plan: RestorePlan, label: string): Promise<boolean> {
  output.plan(restorePlan(plan, label));
  if (yes) return true;
  output.settle();
  const { create, database, replacesIncomplete } = plan.target;
  return create && !replacesIncomplete
    ? await askYesOrNo(`Create ${database} and restore into it?`, signal)
    : await askForWord(`This changes the existing database ${database}.`, database, signal);
}

function showPlan({ output }: Context, { plan }: RestoreResult, label: string): number {
  const refusal = plan.refusals[0];
  output.plan(restorePlan(plan, label));
  output.summary({
    fields: {
      snapshot: plan.snapshot.id,
      database: label,
      plan: plan.id,
      dryRun: true,
      done: false,
      refusals: plan.refusals.map(({ code }) => code),
      losses: [],
      setAside: [],
      warnings: plan.notes,
    },
    tone: refusal ? 'bad' : 'good',
    title: refusal ? 'A dry run: this restore would be refused. Nothing was changed.' : 'A dry run: nothing was changed.',
    facts: [],
  });
  return refusal ? new LifeboatError(refusal.code, refusal.facts).exit : exitCodes.done;
}
