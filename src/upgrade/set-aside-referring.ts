import { type ForeignKeyModel, qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import { alterColumn } from './alterations.ts';
import type { Built } from './built.ts';
import type { Loss } from './loss.ts';
import { setAside } from './set-aside.ts';
import { setAsideTables } from './set-aside-tables.ts';

/**
 * Rows that refer to what was set aside in a table follow it, and those that refer to them, so that every foreign key
 * of the target holds. A reference that may be empty is emptied instead: its row can stand without.
 */
export async function setAsideReferring(built: Built, table: string): Promise<Loss[]> {
  const kept = (await setAsideTables(built.session)).get(table);
  if (kept === undefined) return [];
  const losses: Loss[] = [];
  for (const child of built.model.tables) {
    for (const key of child.foreignKeys) {
      if (key.refSchema !== null || key.refTable !== table || child.schema !== null || child.name === table) continue;
      const where = refersTo(built, key, kept);
      const empty = key.columns.find((name) => mayBeEmpty(child, name));
      const loss =
        empty === undefined ? await follow(built, child.name, table, where) : await leaveEmpty(built, child.name, empty, table, where);
      if (loss === null) continue;
      losses.push(loss);
      if (loss.class === 'set aside') losses.push(...(await setAsideReferring(built, child.name)));
    }
  }
  return losses;
}

/** That the row `t` refers to one that was set aside, and to none that is there. */
function refersTo({ home }: Built, { columns, refColumns, refTable }: ForeignKeyModel, kept: string): string {
  const same = columns.map((name, index) => `p.${quoteIdent(refColumns[index]!)} = t.${quoteIdent(name)}`).join(' and ');
  return `exists (select from ${kept} p where ${same}) and not exists (select from ${qualified(home, null, refTable)} p where ${same})`;
}

function follow(built: Built, table: string, parent: string, where: string): Promise<Loss | null> {
  return setAside(built, {
    table,
    where,
    reason: `what it belongs to is set aside (${parent})`,
    wayBack: `After its row of ${parent} is back:`,
  });
}

async function leaveEmpty(built: Built, table: string, column: string, parent: string, where: string): Promise<Loss | null> {
  const touched = await alterColumn(built, { table, column, set: 'null', where });
  if (touched.rows === 0) return null;
  return { class: 'dropped', table, column, ...touched, reason: `what it refers to is set aside (${parent}): it refers to nothing now` };
}

const mayBeEmpty = (table: TableModel, column: string): boolean => table.columns.some(({ name, notNull }) => name === column && !notNull);
