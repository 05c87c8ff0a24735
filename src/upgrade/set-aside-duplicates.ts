import { qualified, quoteIdent } from '../schema/model.ts';
import type { Built } from './built.ts';
import type { Loss } from './loss.ts';
import { setAside } from './set-aside.ts';
import { hasColumn } from './touched.ts';
import type { UnguardedUnique } from './upgrade-plan.ts';

/**
 * Rows that are there twice where the target allows one: the oldest keeps its place, the others are set aside, so that
 * every key of the target can be made. Looks only at keys that rows of the snapshot may contradict.
 */
export async function setAsideDuplicates(built: Built, unguarded: readonly UnguardedUnique[]): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const { table, name, columns, nullsNotDistinct } of unguarded) {
    const key = columns.map(quoteIdent).join(', ');
    const there = nullsNotDistinct ? 'true' : columns.map((column) => `${quoteIdent(column)} is not null`).join(' and ');
    const oldest = hasColumn(built, table, 'created_at') ? 'created_at nulls last, ' : '';
    const loss = await setAside(built, {
      table,
      where: `t.ctid in (select d.ctid from (select ctid, row_number() over (partition by ${key} order by ${oldest}ctid) as place
                          from ${qualified(built.home, null, table)} where ${there}) d where d.place > 1)`,
      reason: `there is an older row with the same ${columns.join(', ')}, and the target allows one (${name})`,
      wayBack: `After the other row with the same ${columns.join(', ')} is gone:`,
    });
    if (loss) losses.push(loss);
  }
  return losses;
}
