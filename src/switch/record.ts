import { bootColumns, bootRulesAt } from '../letta/boot-rows.ts';
import type { Session } from '../postgres/database.ts';
import { readRevisions } from '../postgres/revisions.ts';
import { type DatabaseModel, objectKey, qualified, type TableModel } from '../schema/model.ts';
import type { SwitchRecord } from './marks.ts';

/** The sum of the hashes of ids: exact, and of any order. */
export const sumOfIds = 'coalesce(sum(hashtextextended(id::text, 0)::numeric), 0)::text';

/**
 * What is in a database now. Small whatever its size: a number of rows per table, and the transaction from which on
 * everything is new. Nobody else may be connected to it.
 */
export async function takeRecord(session: Session, home: string, model: DatabaseModel): Promise<SwitchRecord> {
  const revisions = await readRevisions(session, home);
  const revision = revisions.length === 1 ? (revisions[0] ?? null) : null;
  const rules = bootRulesAt(revision);
  const tables: SwitchRecord['tables'] = {};
  for (const table of model.tables) {
    const boots = table.schema === null && bootColumns(rules, table.name).length > 0 && hasId(table);
    const [row] = await session.query(
      `select count(*)::text as rows${boots ? `, ${sumOfIds} as ids` : ''} from only ${qualified(home, table.schema, table.name)}`,
    );
    tables[objectKey(table)] = { rows: Number(row?.rows), ...(boots && { ids: row?.ids ?? '0' }) };
  }
  const [now] = await session.query('select pg_current_xact_id()::text as xid');
  return { xid: now?.xid ?? '', revision, tables };
}

export function hasId({ columns }: TableModel): boolean {
  return columns.some(({ name }) => name === 'id');
}
