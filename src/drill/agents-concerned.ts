import { agentColumnOf } from '../letta/tables.ts';
import type { Session } from '../postgres/database.ts';
import { type DatabaseModel, objectKey, qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import type { TableDifference } from '../verify/compare-content.ts';

/** Rows of one table by which agents are told apart, at most. */
const followed = 10_000;

/**
 * Whose rows differ: by the row's own agent, by the link tables that attach it to agents, and for passages by their
 * archive. `all`, where a table that has to do with agents differs in rows that cannot be followed: those that are
 * missing, or too many to be named.
 */
export async function agentsConcerned(
  session: Session,
  home: string,
  model: DatabaseModel,
  differences: readonly TableDifference[],
): Promise<ReadonlySet<string> | 'all'> {
  const concerned = new Set<string>();
  for (const { table: name, rows, sampled, reason } of differences) {
    const table = model.tables.find((each) => objectKey(each) === name);
    // A table that is gone: whoever had rows in it.
    if (!table) return 'all';
    const ways = waysToAgents(home, model, table);
    if (ways.length === 0) continue;
    const ids = rows.map(({ row }) => /(?:^|, )id=([^,]+)/.exec(row)?.[1]);
    for (const { row } of rows) for (const [, agent] of row.matchAll(/agent_id=([^,]+)/g)) concerned.add(agent ?? '');
    const named = rows.every(({ row, kind }, index) => row.includes('agent_id=') || (kind !== 'missing' && ids[index] !== undefined));
    if (reason !== 'content' || sampled || !named || rows.length > followed || rows.length === 0) return 'all';
    for (const way of ways) {
      const found = await session.query(
        `select distinct q.agent from (${way}) q(id, agent) where q.id in (select jsonb_array_elements_text($1::jsonb))`,
        [JSON.stringify(ids.filter((id) => id !== undefined))],
      );
      for (const { agent } of found) if (agent) concerned.add(agent);
    }
  }
  return concerned;
}

/** SELECTs of (row's id, agent's id). */
function waysToAgents(home: string, model: DatabaseModel, table: TableModel): string[] {
  const from = qualified(home, table.schema, table.name);
  const has = ({ columns }: TableModel, column: string) => columns.some(({ name }) => name === column);
  const own = agentColumnOf(table);
  if (own !== null)
    return has(table, 'id')
      ? [`select t.id::text, t.${quoteIdent(own)}::text from ${from} t`]
      : [`select null::text, null::text where false`];
  if (table.schema !== null || !has(table, 'id')) return [];
  const links = model.tables.flatMap((link) =>
    agentColumnOf(link) !== 'agent_id'
      ? []
      : link.foreignKeys.flatMap(({ refSchema, refTable, columns: [column] }) =>
          refSchema === null && refTable === table.name && column !== undefined
            ? [`select l.${quoteIdent(column)}::text, l.agent_id::text from ${qualified(home, null, link.name)} l`]
            : [],
        ),
  );
  if (table.name !== 'archival_passages' || !has(table, 'archive_id')) return links;
  return [
    `select t.id::text, l.agent_id::text from ${from} t join ${qualified(home, null, 'archives_agents')} l on l.archive_id = t.archive_id`,
  ];
}
