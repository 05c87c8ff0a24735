import { releasesAt } from '../letta/catalogue.ts';
import { qualified, quoteIdent } from '../schema/model.ts';
import type { Built } from './built.ts';
import type { Loss } from './loss.ts';
import { setAside } from './set-aside.ts';
import { setAsideReferring } from './set-aside-referring.ts';
import type { TablePlan } from './upgrade-plan.ts';
import { withoutNestedLoops } from './without-nested-loops.ts';

/** Rows without a value that the target's schema demands are set aside, with what refers to them; then the demand holds again. */
export async function setAsideIncomplete(built: Built, tables: readonly TablePlan[]): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const { name, load } of tables) {
    if (load.kind !== 'computed') continue;
    for (const column of load.required) {
      const loss = await setAside(built, {
        table: name,
        where: `t.${quoteIdent(column)} is null`,
        reason: `Letta ${releasesAt(built.to.revision).at(-1) ?? `at revision ${built.to.revision}`} demands a value in ${column}, and there is none that would be true`,
        wayBack: `Give ${column} a value first:`,
      });
      if (loss) losses.push({ ...loss, column }, ...(await withoutNestedLoops(built.session, () => setAsideReferring(built, name))));
      await built.session.query(`alter table ${qualified(built.home, null, name)} alter column ${quoteIdent(column)} set not null`);
    }
  }
  return losses;
}
