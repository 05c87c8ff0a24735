import type { TableModel } from '../../src/schema/model.ts';
import type { Row } from './world.ts';

/** What no two rows of a table may share. */
export interface UniqueKey {
  name: string;
  columns: string[];
  /** null when the row takes part in no comparison, because a column is NULL. */
  valueOf(row: Row): string | null;
}

/** Primary key, unique constraints and unique indexes of a table. */
export function uniqueKeysOf(table: TableModel): UniqueKey[] {
  const keys: UniqueKey[] = [];
  const key = (name: string, columns: string[], nullsNotDistinct = false) =>
    keys.push({
      name: `${table.name}.${name}`,
      columns,
      valueOf: (row) => {
        const values = columns.map((column) => row[column] ?? null);
        return !nullsNotDistinct && values.includes(null) ? null : JSON.stringify(values);
      },
    });
  if (table.primaryKey !== null) key(table.primaryKey.name, table.primaryKey.columns);
  for (const { name, columns, nullsNotDistinct } of table.uniques) key(name, columns, nullsNotDistinct);
  for (const { name, unique, definition } of table.indexes) {
    const columns = /^USING btree \(([\w, ]+)\)$/.exec(definition)?.[1];
    if (unique && columns === undefined) throw new Error(`unique index ${name} is not a plain list of columns: ${definition}`);
    if (unique && columns !== undefined) key(name, columns.split(', '));
  }
  return keys;
}
