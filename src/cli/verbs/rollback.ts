import { openDatabase } from '../../postgres/open-database.ts';
import { openPlace } from '../../postgres/open-place.ts';
import { LifeboatError } from '../../report/errors.ts';
import { rollBack } from '../../switch/rollback.ts';
import { confirmChange } from '../confirm-change.ts';
import type { Context } from '../context.ts';
import { outcome } from '../outcome.ts';
import { rollbackPlanView, rollbackSummary } from '../views/rollback-views.ts';
import { writtenTable } from '../views/switch-views.ts';

/** `rollback DB` */
export async function rollback(context: Context, flags: { acceptLosses?: string }, target: string): Promise<number> {
  const { output, signal, environment } = context;
  const database = openDatabase(target, { environment });
  const place = await openPlace(database);
  try {
    const result = await rollBack({
      place,
      name: database.name,
      reporter: output.reporter,
      signal,
      confirm: (plan) =>
        confirmChange(context, rollbackPlanView(plan, database), `This puts ${plan.former} in the place of ${plan.name}.`, plan.name),
      show: (written) => output.table(writtenTable(written)),
      acceptLosses: flags.acceptLosses ?? null,
    });
    if (!result.done) throw new LifeboatError('declined');
    const { exit, tone } = outcome({ partial: result.warnings.some((warning) => warning.partial) });
    output.summary(rollbackSummary(result, database, tone));
    return exit;
  } finally {
    await place.close();
    await database.close();
  }
}
