import { qualified, quoteIdent } from '../schema/model.ts';
import type { Built } from './built.ts';
import type { Loss } from './loss.ts';
import { mendDangling, sameRow, setAsideReferring } from './set-aside-referring.ts';
import { setAsideTables } from './set-aside-tables.ts';
import type { UnguardedKey } from './upgrade-plan.ts';
import { withoutNestedLoops } from './without-nested-loops.ts';

/**
 * The last pass before constraints are made: whatever refers to rows that are not there is mended, so that every foreign
 * key of the target is valid. Looks only at keys that rows of the snapshot may contradict, and at those that lead to
 * tables of which rows were set aside.
 */
export function setAsideOrphans(built: Built, unguarded: readonly UnguardedKey[]): Promise<Loss[]> {
  return withoutNestedLoops(built.session, async () => {
    const losses: Loss[] = [];
    for (const table of (await setAsideTables(built.session)).keys()) losses.push(...(await setAsideReferring(built, table)));
    for (const { table, key } of unguarded) {
      const refers = key.columns.map((name) => `t.${quoteIdent(name)} is not null`).join(' and ');
      losses.push(
        ...(await mendDangling(built, {
          table,
          key,
          where: `${refers} and not exists (select from ${qualified(built.home, null, key.refTable)} p where ${sameRow(key)})`,
          why: `is not there (${key.refTable}), as it was not in the snapshot`,
          wayBack: `After there is a row of ${key.refTable} that it belongs to:`,
        })),
      );
    }
    return losses;
  });
}
