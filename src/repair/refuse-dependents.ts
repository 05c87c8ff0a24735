import type { Session } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { type DatabaseModel, objectKey, qualified, quoteIdent } from '../schema/model.ts';
import type { ColumnValues } from '../verify/change.ts';
import { describeChange } from './applied-change.ts';
import { matches } from './row-sql.ts';
import type { StoredTable } from './stored-table.ts';

/**
 * Refuses to delete a row that others refer to by a foreign key: PostgreSQL would delete or alter these by itself
 * (ON DELETE CASCADE, SET NULL), and no undo record would know them. @throws LifeboatError change-refused
 */
export async function refuseDependents(
  session: Session,
  { home, model }: { home: string; model: DatabaseModel },
  table: StoredTable,
  row: ColumnValues,
): Promise<void> {
  const { sql, values } = matches(table, row);
  for (const child of model.tables) {
    for (const key of child.foreignKeys) {
      if (key.refSchema !== null || key.refTable !== table.name) continue;
      const joined = key.columns.map((column, index) => `c.${quoteIdent(column)} = p.${quoteIdent(key.refColumns[index] ?? '')}`);
      const [found] = await session.query(
        `select exists (select from (select * from only ${table.qualified} where ${sql}) p
                          join only ${qualified(home, child.schema, child.name)} c on ${joined.join(' and ')}) as there`,
        values,
      );
      if (found?.there !== 't') continue;
      const change = { kind: 'delete', table: table.name, row } as const;
      throw new LifeboatError('change-refused', { row: describeChange(change), reason: `rows of ${objectKey(child)} refer to it` });
    }
  }
}
