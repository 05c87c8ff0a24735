import { openDatabase } from '../postgres/open-database.ts';
import { planRepair } from '../repair/plan-repair.ts';
import { repair } from '../repair/repair.ts';
import { readTarget } from '../repair/repair-target.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Warning } from '../report/progress.ts';
import type { Finding } from '../verify/finding.ts';
import { verifyDatabase } from '../verify/verify-database.ts';
import { confirmChange } from './confirm-change.ts';
import type { Context, VaultFlags } from './context.ts';
import { outcome } from './outcome.ts';
import { vaultOf } from './use-vault.ts';
import { vaultWords } from './vault-words.ts';
import { findingTable } from './views/finding-view.ts';
import { nothingToRepairSummary, repairPlanView, repairSummary, repairTable } from './views/repair-views.ts';

/** `verify DB --repair`: checks, plans, asks, mends. */
export async function repairDatabase(context: Context, flags: VaultFlags & { whileInUse?: true }, target: string): Promise<number> {
  const { output, signal, environment, toolVersion } = context;
  const vault = await vaultOf(context, flags);
  const database = openDatabase(target, { environment });
  const lock = await vault.lock('shared', 'repair');
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const encryptionKey = environment.LETTA_ENCRYPTION_KEY || null;
  const whileInUse = flags.whileInUse ?? false;
  try {
    const found = await readTarget(database, whileInUse);
    const { findings: before } = await verifyDatabase(database, { encryptionKey, reporter: output.reporter, signal });
    const plan = planRepair(before, found);
    if (plan.changes.length === 0) {
      if (before.length > 0) output.table(findingTable(before));
      const { exit, tone } = outcome(severities(before));
      output.summary(nothingToRepairSummary(plan, before, database, tone, seconds()));
      return exit;
    }
    output.table(repairTable(plan, found));
    const message = `This changes rows of ${database.name}.`;
    if (!(await confirmChange(context, repairPlanView(plan, database), message, database.name))) throw new LifeboatError('declined');
    const result = await repair({
      database,
      vault,
      plan,
      before,
      whileInUse,
      encryptionKey,
      tool: toolVersion,
      reporter: output.reporter,
      signal,
    });
    const warnings = result.notUndoable === null ? [] : [undoLimited(result.notUndoable)];
    const { differences, partial } = severities(result.after);
    const { exit, tone } = outcome({ differences, partial: partial || warnings.length > 0 });
    output.summary(repairSummary(result, { plan, database, opening: vaultWords(vault, flags), warnings, tone, seconds: seconds() }));
    return exit;
  } catch (error) {
    if (signal.aborted) throw new LifeboatError('interrupted', {}, { cause: error });
    throw error;
  } finally {
    await lock.release();
    await database.close();
  }
}

const severities = (findings: readonly Finding[]) => ({
  differences: findings.some(({ severity }) => severity === 'error'),
  partial: findings.some(({ severity }) => severity === 'warning'),
});

const undoLimited = (reason: string): Warning => ({
  code: 'undo-limited',
  message: `The record holds all that was replaced, but PostgreSQL would refuse to put it back as it was: ${reason}`,
  partial: true,
});
