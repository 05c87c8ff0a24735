import type { Session } from '../postgres/database.ts';
import type { RestoreResult } from '../restore/restore.ts';
import { type DatabaseModel, qualified, quoteIdent } from '../schema/model.ts';
import { agentsConcerned } from './agents-concerned.ts';
import type { ProofAgent } from './proof.ts';

/** What is counted per agent, and the tables that say it: the first that the schema has counts. */
const counted: readonly {
  what: keyof ProofAgent;
  ways: readonly { table: string; agent: string; through?: readonly [string, string] }[];
}[] = [
  { what: 'messages', ways: [{ table: 'messages', agent: 'agent_id' }] },
  { what: 'blocks', ways: [{ table: 'blocks_agents', agent: 'agent_id' }] },
  { what: 'tools', ways: [{ table: 'tools_agents', agent: 'agent_id' }] },
  {
    what: 'passages',
    ways: [
      // Archives came with 0.11.0 (letta-server.md §2); before that a passage named its agent.
      { table: 'archival_passages', agent: 'agent_id', through: ['archives_agents', 'archive_id'] },
      { table: 'agent_passages', agent: 'agent_id' },
      { table: 'passages', agent: 'agent_id' },
    ],
  },
];

/** Counts what each agent of a restored database has. An agent is `equal` when no row that differs belongs to it. */
export async function proveAgents(
  session: Session,
  home: string,
  model: DatabaseModel,
  { comparison, agents: compared, plan }: Pick<RestoreResult, 'comparison' | 'agents' | 'plan'>,
): Promise<ProofAgent[]> {
  const has = (table: string, ...columns: string[]) => {
    const found = model.tables.find(({ schema, name }) => schema === null && name === table);
    return found !== undefined && columns.every((column) => found.columns.some(({ name }) => name === column));
  };
  if (!has('agents', 'id', 'name')) return [];
  const context = has('agents', 'message_ids')
    ? `case when json_typeof(a.message_ids::json) = 'array' then json_array_length(a.message_ids::json) else 0 end`
    : '0';
  const rows = await session.query(
    `select a.id::text as id, a.name::text as name, ${context} as in_context from ${qualified(home, null, 'agents')} a order by a.name collate "C", a.id collate "C"`,
  );
  const counts = new Map<string, Map<string, number>>();
  for (const { what, ways } of counted) {
    const way = ways.find(({ table, agent, through }) =>
      through ? has(table, through[1]) && has(through[0], through[1], agent) : has(table, agent),
    );
    if (!way) continue;
    const table = qualified(home, null, way.table);
    const from = way.through
      ? `${table} t join ${qualified(home, null, way.through[0])} l on l.${quoteIdent(way.through[1])} = t.${quoteIdent(way.through[1])}`
      : `${table} l`;
    const found = await session.query(`select l.${quoteIdent(way.agent)}::text as agent, count(*)::text as rows from ${from} group by 1`);
    counts.set(what, new Map(found.map((row) => [row.agent ?? '', Number(row.rows)])));
  }
  const concerned = plan.way === null ? await agentsConcerned(session, home, model, comparison?.differences ?? []) : new Set<string>();
  const there = new Map(compared.map((agent) => [agent.id, agent.there]));
  const count = (what: string, id: string) => counts.get(what)?.get(id) ?? 0;
  return rows.map((row) => {
    const id = row.id ?? '';
    return {
      id,
      name: row.name ?? '',
      messages: count('messages', id),
      inContext: Number(row.in_context ?? 0),
      blocks: count('blocks', id),
      passages: count('passages', id),
      tools: count('tools', id),
      equal: plan.way === null ? concerned !== 'all' && !concerned.has(id) : (there.get(id) ?? false),
    };
  });
}
