import { openDatabase } from '../../postgres/open-database.ts';
import { openPlace } from '../../postgres/open-place.ts';
import type { Place } from '../../postgres/place.ts';
import { LifeboatError } from '../../report/errors.ts';
import { exitCodes } from '../../report/exit-codes.ts';
import { dropFormer, listFormers } from '../../switch/former.ts';
import { halfDone } from '../../switch/half-done.ts';
import { confirmChange } from '../confirm-change.ts';
import type { Context } from '../context.ts';
import { outcome } from '../outcome.ts';
import { dropPlanView, dropSummary, formerSummary, formerTable } from '../views/former-views.ts';

/** `former DB [--drop NAME]` */
export async function former(context: Context, flags: { drop?: string }, target: string): Promise<number> {
  const { environment } = context;
  const database = openDatabase(target, { environment });
  const place = await openPlace(database, flags.drop === undefined ? [] : [flags.drop]);
  try {
    return flags.drop === undefined ? await list(context, place, database) : await drop(context, place, database, flags.drop);
  } finally {
    await place.close();
    await database.close();
  }
}

type Named = { name: string; label: string };

async function list({ output }: Context, place: Place, database: Named): Promise<number> {
  const formers = await listFormers(place, database.name);
  const unfinished = await halfDone(place, database.name);
  const warnings = unfinished ? [{ code: unfinished.code, message: `${unfinished.message} ${unfinished.next}`, partial: true }] : [];
  output.table(formerTable(formers));
  const { exit, tone } = outcome({ partial: warnings.length > 0 });
  output.summary(formerSummary(formers, database, warnings, tone));
  return exit;
}

async function drop(context: Context, place: Place, database: Named, name: string): Promise<number> {
  const { done, former } = await dropFormer(place, database.name, name, (plan) =>
    confirmChange(context, dropPlanView(plan, database), `This drops ${name} for good.`, name),
  );
  if (!done) throw new LifeboatError('declined');
  context.output.summary(dropSummary(former, database));
  return exitCodes.done;
}
