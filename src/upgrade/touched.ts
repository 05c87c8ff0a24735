import { agentColumnOf } from '../letta/tables.ts';
import type { TextRow } from '../postgres/database.ts';
import { quoteIdent, type TableModel } from '../schema/model.ts';
import type { Built } from './built.ts';

/** Which rows a pass touched: what a loss says of them. */
export interface Touched {
  rows: number;
  /** Those with most rows first, at most 100. */
  agents: { id: string; rows: number }[];
  /** Keys, at most 10. */
  examples: string[];
}

/** One of Letta's tables as it is being built. @throws RangeError when the target has none by that name */
export function builtTable(built: Built, name: string): TableModel {
  const table = built.model.tables.find((each) => each.schema === null && each.name === name);
  if (table === undefined) throw new RangeError(`the target has no table ${name}`);
  return table;
}

/** Whether the target has the table, and the column in it. */
export function hasColumn(built: Built, table: string, column: string): boolean {
  return built.model.tables.some((each) => each.schema === null && each.name === table && each.columns.some(({ name }) => name === column));
}

/** The columns that tell a row of this table from others: its primary key, else a unique key, else all columns. */
export function keyColumnsOf(table: TableModel): string[] {
  const unique = [...table.uniques].sort((a, b) => a.columns.length - b.columns.length)[0];
  return table.primaryKey?.columns ?? unique?.columns ?? table.columns.map(({ name }) => name);
}

/** SQL text `id=tool-…` (several columns: with spaces between) over a row alias. */
export function keyText(table: TableModel, alias: string): string {
  const columns = keyColumnsOf(table);
  return `concat_ws(' ', ${columns.map((name) => `'${name.replaceAll("'", "''")}=' || ${alias}.${quoteIdent(name)}::text`).join(', ')})`;
}

/** SQL text of the agent's id over a row alias, `null::text` for a table that names none. */
export function agentText(table: TableModel, alias: string): string {
  const column = agentColumnOf(table);
  return column === null ? 'null::text' : `${alias}.${quoteIdent(column)}::text`;
}

/** The end of a statement that summarises rows (key, agent) of a CTE; `touchedFrom` reads its answer. */
export function summarise(cte: string): string {
  return `select g.agent, g.rows, sum(g.rows) over () as total, g.keys
            from (select c.agent, count(*) as rows, to_json((array_agg(c.key order by c.key collate "C"))[1:10]) as keys
                    from ${cte} c group by c.agent) g
           order by g.rows desc, g.agent collate "C" limit 101`;
}

export function touchedFrom(answer: readonly TextRow[]): Touched {
  const groups = answer.map(({ agent, rows, keys }) => ({ agent, rows: Number(rows), keys: JSON.parse(keys ?? '[]') as string[] }));
  return {
    rows: Number(answer[0]?.total ?? 0),
    agents: groups.flatMap(({ agent, rows }) => (agent == null ? [] : [{ id: agent, rows }])).slice(0, 100),
    examples: groups.flatMap(({ keys }) => keys).slice(0, 10),
  };
}

/** Several summaries of the same kind as one; agents counted together. */
export function together(parts: readonly Touched[]): Touched {
  const agents = new Map<string, number>();
  for (const part of parts) for (const { id, rows } of part.agents) agents.set(id, (agents.get(id) ?? 0) + rows);
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    agents: [...agents]
      .map(([id, rows]) => ({ id, rows }))
      .sort((a, b) => b.rows - a.rows || (a.id < b.id ? -1 : 1))
      .slice(0, 100),
    examples: parts.flatMap(({ examples }) => examples).slice(0, 10),
  };
}
