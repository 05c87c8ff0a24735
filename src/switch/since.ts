import { type BootRule, bootColumns, bootRuleOf, bootRulesAt } from '../letta/boot-rows.ts';
import { agentColumnOf } from '../letta/tables.ts';
import type { Session, TextRow } from '../postgres/database.ts';
import { readRevisions } from '../postgres/revisions.ts';
import { LifeboatError } from '../report/errors.ts';
import { type DatabaseModel, objectKey, qualified, quoteIdent, quoteLiteral, type TableModel } from '../schema/model.ts';
import { agentNames } from './agent-names.ts';
import type { SwitchRecord } from './marks.ts';
import { reportOf, type Written, type WrittenTable } from './written.ts';

const examplesShown = 20;
const agentsShown = 1000;
/** Rows of one table that are looked at one by one; a boot writes some hundred at most. */
const bootRowLimit = 50_000;
/** Half of what a row's own 32-bit transaction number can tell apart. */
const horizon = 2n ** 31n;

/**
 * What was written to a database since its record was taken. A row that is new or changed carries the number of the
 * transaction that wrote it; rows that are gone show in the counts. One pass over each table, and no wide values are read.
 * @throws LifeboatError switch-too-old when the numbers have come round since
 */
export async function writtenSince(
  session: Session,
  home: string | null,
  model: DatabaseModel,
  record: SwitchRecord,
  since: string,
): Promise<Written> {
  const [now] = await session.query(`select pg_snapshot_xmax(pg_current_snapshot())::text as xid`);
  const age = BigInt(now?.xid ?? '0') - BigInt(record.xid);
  if (age < 0n || age >= horizon) throw new LifeboatError('switch-too-old', { since });
  const isNew = `((xmin::text::bigint - ${BigInt(record.xid) % 2n ** 32n} + 4294967296) % 4294967296) between 1 and ${age}`;
  const revisions = home === null ? [] : await readRevisions(session, home);
  // On another revision a server's migrations wrote, and what a boot writes there is another matter.
  const rules = revisions.length === 1 && revisions[0] === record.revision ? bootRulesAt(record.revision) : [];

  const found: WrittenTable[] = [];
  for (const table of model.tables) {
    const written = await lookAtTable(
      session,
      { from: qualified(home ?? 'public', table.schema, table.name), table, isNew, rules },
      record.tables[objectKey(table)],
    );
    if (written) found.push(written);
  }
  const here = new Set(model.tables.map(objectKey));
  for (const [table, { rows }] of Object.entries(record.tables))
    if (!here.has(table)) found.push({ ...nothing, table, reason: 'missing table', deleted: rows });
  return reportOf(
    found,
    await agentNames(
      session,
      home ?? 'public',
      model,
      found.flatMap(({ agents }) => agents),
    ),
  );
}

const nothing: Omit<WrittenTable, 'table'> = { reason: null, written: 0, deleted: 0, byBoot: 0, examples: [], agents: [] };

interface Look {
  from: string;
  table: TableModel;
  isNew: string;
  rules: readonly BootRule[];
}

async function lookAtTable(session: Session, look: Look, then: { rows: number; ids?: string } | undefined): Promise<WrittenTable | null> {
  const { from, table, isNew, rules } = look;
  const [counts] = await session.query(
    `select count(*)::text as rows, count(*) filter (where ${isNew})::text as written from only ${from}`,
  );
  const [rows, written] = [Number(counts?.rows), Number(counts?.written)];
  /** Rows of then that are not there any more as they were: changed or deleted. */
  const gone = then === undefined ? 0 : then.rows - (rows - written);
  if (written === 0 && gone === 0 && then !== undefined) return null;
  const result: WrittenTable = {
    ...nothing,
    table: objectKey(table),
    reason: then === undefined ? 'extra table' : null,
    written,
    // A changed row is gone as it was, and there as it is: what is not made good by one that is new was deleted.
    deleted: Math.max(0, gone - written),
    examples: await examplesOf(session, look),
    agents: await agentsOf(session, look),
  };
  const columns = table.schema === null ? bootColumns(rules, table.name) : [];
  if (then?.ids === undefined || columns.length === 0 || written > bootRowLimit) return result;
  return {
    ...result,
    ...judgeBoot(look, await bootRows(session, look, columns), { ids: then.ids, gone }, await idsOfOld(session, from, isNew)),
  };
}

/** New and changed rows of a table that a boot writes, with what tells them apart. */
async function bootRows(session: Session, { from, table, isNew }: Look, columns: readonly string[]): Promise<TextRow[]> {
  const asked = columns.filter((column) => table.columns.some(({ name }) => name === column));
  const created = table.columns.some(({ name }) => name === 'created_at') ? 'extract(epoch from created_at)' : 'null';
  return await session.query(
    `select hashtextextended(id::text, 0)::text as "(hash)", ${created}::text as "(created)", ${asked.map((name) => `${quoteIdent(name)}::text as ${quoteIdent(name)}`).join(', ')}
       from only ${from} where ${isNew}`,
  );
}

async function idsOfOld(session: Session, from: string, isNew: string): Promise<bigint> {
  const [row] = await session.query(
    `select coalesce(sum(hashtextextended(id::text, 0)::numeric), 0)::text as ids from only ${from} where not (${isNew})`,
  );
  return BigInt(row?.ids ?? '0');
}

/**
 * Which of the written rows a boot wrote. As many of them were there before as are missing among the old rows: those that
 * were made first. The sum of the hashes of their ids must be what is missing; if it is not, something was deleted.
 */
function judgeBoot(
  { rules, table }: Look,
  rows: readonly TextRow[],
  then: { ids: string; gone: number },
  idsOfOld: bigint,
): Pick<WrittenTable, 'byBoot' | 'deleted'> {
  const made = (row: TextRow) => Number(row['(created)'] ?? Number.POSITIVE_INFINITY);
  const changed = new Set(rows.toSorted((a, b) => made(a) - made(b) || 0).slice(0, then.gone));
  const missing = [...changed].reduce((sum, row) => sum + BigInt(row['(hash)'] ?? '0'), 0n);
  const explained = changed.size === then.gone && missing === BigInt(then.ids) - idsOfOld;
  const byBoot = rows.filter((row) => bootRuleOf(rules, table.name, row, !changed.has(row)) !== null).length;
  return { byBoot, deleted: explained ? 0 : Math.max(1, then.gone - changed.size) };
}

async function examplesOf(session: Session, { from, table, isNew }: Look): Promise<string[]> {
  const columns = table.primaryKey?.columns ?? table.columns.slice(0, 3).map(({ name }) => name);
  if (columns.length === 0) return [];
  const text = columns.map((name) => `${quoteLiteral(`${name}=`)} || coalesce(left(${quoteIdent(name)}::text, 120), 'NULL')`);
  const rows = await session.query(
    `select concat_ws(', ', ${text.join(', ')}) as example from only ${from} where ${isNew} order by 1 limit ${examplesShown}`,
  );
  return rows.map((row) => row.example ?? '');
}

async function agentsOf(session: Session, { from, table, isNew }: Look): Promise<string[]> {
  const column = agentColumnOf(table);
  if (column === null) return [];
  const rows = await session.query(
    `select distinct ${quoteIdent(column)}::text as agent from only ${from} where ${isNew} and ${quoteIdent(column)} is not null order by 1 limit ${agentsShown}`,
  );
  return rows.map((row) => row.agent ?? '');
}
