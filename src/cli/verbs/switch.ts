import { openDatabase } from '../../postgres/open-database.ts';
import { openPlace } from '../../postgres/open-place.ts';
import { LifeboatError } from '../../report/errors.ts';
import { switchTo } from '../../switch/switch.ts';
import { confirmChange } from '../confirm-change.ts';
import type { Context, VaultFlags } from '../context.ts';
import { namesDatabase } from '../names-database.ts';
import { outcome } from '../outcome.ts';
import { usageError } from '../usage-error.ts';
import { vaultOf } from '../use-vault.ts';
import { namedVaultWords } from '../vault-words.ts';
import { switchPlanView, switchSummary, writtenTable } from '../views/switch-views.ts';

type Flags = VaultFlags & { to: string; acceptLosses?: string; acceptOtherSource?: true };

/** `switch DB --to BUILT_NAME` */
export async function switchDatabase(context: Context, flags: Flags, target: string): Promise<number> {
  const { output, signal, environment } = context;
  if (namesDatabase(flags.to))
    throw usageError(
      '--to takes the name of a database that stands beside DB, not an address.',
      'Give its name alone, for example --to letta_restored',
    );
  const database = openDatabase(target, { environment });
  const place = await openPlace(database, [flags.to]);
  try {
    const result = await switchTo({
      place,
      name: database.name,
      built: flags.to,
      openVault: () => vaultOf(context, flags),
      reporter: output.reporter,
      signal,
      confirm: (plan) =>
        confirmChange(context, switchPlanView(plan, database), `This puts ${plan.built} in the place of ${plan.name}.`, plan.name),
      show: (written) => output.table(writtenTable(written)),
      acceptLosses: flags.acceptLosses ?? null,
      acceptOtherSource: flags.acceptOtherSource ?? false,
    });
    if (!result.done) throw new LifeboatError('declined');
    const { exit, tone } = outcome({ partial: result.warnings.some((warning) => warning.partial) });
    output.summary(switchSummary(result, { database, tone, opening: namedVaultWords(flags) }));
    return exit;
  } finally {
    await place.close();
    await database.close();
  }
}
