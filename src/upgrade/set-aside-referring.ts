import { modelAt } from '../letta/catalogue.ts';
import { type ForeignKeyModel, qualified, quoteIdent } from '../schema/model.ts';
import { alterColumn } from './alterations.ts';
import type { Built } from './built.ts';
import type { Loss } from './loss.ts';
import { setAside } from './set-aside.ts';
import { setAsideTables } from './set-aside-tables.ts';
import { builtTable, hasColumn } from './touched.ts';

/** Rows of one of Letta's tables that refer to nothing that is there. */
export interface Dangling {
  table: string;
  key: ForeignKeyModel;
  /** SQL condition over the row `t`. */
  where: string;
  /** What is wrong with the reference, in plain words. */
  why: string;
  wayBack: string;
}

/**
 * Rows that refer to what was set aside in a table follow it, and those that refer to them, so that every foreign key
 * of the target holds. A reference that may be empty is emptied instead: its row can stand without.
 */
export async function setAsideReferring(built: Built, table: string): Promise<Loss[]> {
  const kept = (await setAsideTables(built.session)).get(table);
  if (kept === undefined) return [];
  const losses: Loss[] = [];
  for (const child of modelAt(built.to.revision).tables) {
    for (const key of child.foreignKeys) {
      if (key.refSchema !== null || key.refTable !== table) continue;
      const same = sameRow(key);
      losses.push(
        ...(await mendDangling(built, {
          table: child.name,
          key,
          where: `exists (select from ${kept} p where ${same}) and not exists (select from ${qualified(built.home, null, table)} p where ${same})`,
          why: `is set aside (${table})`,
          wayBack: `After its row of ${table} is back:`,
        })),
      );
    }
  }
  return losses;
}

/** Empties references that may be empty, or sets their rows aside, with all that refers to these. */
export async function mendDangling(built: Built, { table, key, where, why, wayBack }: Dangling): Promise<Loss[]> {
  const [any] = await built.session.query(`select 1 from ${qualified(built.home, null, table)} t where ${where} limit 1`);
  if (!any) return [];
  const empty = key.columns.find((column) => mayBeEmpty(built, table, column));
  if (empty !== undefined) {
    const touched = await alterColumn(built, { table, column: empty, set: 'null', where });
    const reason = `what it refers to ${why}: it refers to nothing now`;
    return [{ class: 'dropped', table, column: empty, ...touched, reason }];
  }
  const loss = await setAside(built, { table, where, reason: `what it belongs to ${why}`, wayBack });
  return loss === null ? [] : [loss, ...(await setAsideReferring(built, table))];
}

/** That the row `p` is the one which a key of the row `t` leads to. */
export function sameRow({ columns, refColumns }: ForeignKeyModel): string {
  return columns.map((name, index) => `p.${quoteIdent(refColumns[index]!)} = t.${quoteIdent(name)}`).join(' and ');
}

/** Emptying is logged by the row's id: a row without one is set aside. */
function mayBeEmpty(built: Built, table: string, column: string): boolean {
  return hasColumn(built, table, 'id') && builtTable(built, table).columns.some(({ name, notNull }) => name === column && !notNull);
}
