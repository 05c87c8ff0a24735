import { createHash } from 'node:crypto';

/** What the demo needs of a database: PGlite's own `query`, so that nothing of Lifeboat takes part in the proof. */
export interface SqlReader {
  query<T>(sql: string): Promise<{ rows: T[] }>;
  exec(sql: string): Promise<unknown>;
}

export interface AgentContent {
  id: string;
  name: string;
  kind: 'agent' | 'sleeptime' | 'soft-deleted';
  /** Rows that belong to the agent, per part: messages, blocks, … */
  rows: Record<string, number>;
  /** SHA-256 per part, over its rows as PostgreSQL prints them. */
  digests: Record<string, string>;
  /** SHA-256 over all parts. */
  digest: string;
}

/**
 * What belongs to an agent in a Letta 0.11.3 database. Each statement gives (agent, row): whole rows as PostgreSQL's
 * own text, so that a column nobody thought of counts too.
 */
const parts: Record<string, string> = {
  agent: 'select a.id as agent, a::text as row from agents a',
  messages: 'select m.agent_id as agent, m::text as row from messages m',
  blocks: 'select x.agent_id as agent, concat(x, b) as row from blocks_agents x join block b on b.id = x.block_id',
  history: 'select x.agent_id as agent, h::text as row from blocks_agents x join block_history h on h.block_id = x.block_id',
  tools: 'select x.agent_id as agent, t::text as row from tools_agents x join tools t on t.id = x.tool_id',
  tags: 'select x.agent_id as agent, x::text as row from agents_tags x',
  secrets: 'select x.agent_id as agent, x::text as row from agent_environment_variables x',
  archives: 'select x.agent_id as agent, concat(x, a) as row from archives_agents x join archives a on a.id = x.archive_id',
  passages: 'select x.agent_id as agent, p::text as row from archives_agents x join archival_passages p on p.archive_id = x.archive_id',
  folders: 'select x.agent_id as agent, concat(x, s) as row from sources_agents x join sources s on s.id = x.source_id',
  files: `select x.agent_id as agent, concat(x, f, c) as row from files_agents x join files f on f.id = x.file_id left join file_contents c on c.file_id = f.id`,
  chunks: 'select x.agent_id as agent, p::text as row from sources_agents x join source_passages p on p.source_id = x.source_id',
  identities: 'select x.agent_id as agent, concat(x, i) as row from identities_agents x join identities i on i.id = x.identity_id',
  groups: `select g.manager_agent_id as agent, g::text as row from groups g
           union all select x.agent_id, concat(x, g) from groups_agents x join groups g on g.id = x.group_id`,
  steps: 'select s.agent_id as agent, s::text as row from steps s',
};

/** Text output must not depend on who asks; `public` is where the tables of the demo's database are. */
const pinned = `set search_path = public; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601';
                set extra_float_digits = 1; set bytea_output = 'hex'`;

/** Every agent with a hash of all that belongs to it; oldest first. Independent of Lifeboat: plain SQL and SHA-256. */
export async function readAgentContent(database: SqlReader): Promise<AgentContent[]> {
  await database.exec(pinned);
  const { rows: agents } = await database.query<{ id: string; name: string; kind: AgentContent['kind'] }>(`
    select id, name, case when is_deleted then 'soft-deleted' when agent_type = 'sleeptime_agent' then 'sleeptime' else 'agent' end as kind
      from agents order by created_at, id collate "C"`);
  const content = agents.map((agent): AgentContent => ({ ...agent, rows: {}, digests: {}, digest: '' }));
  for (const [part, sql] of Object.entries(parts)) {
    const { rows } = await database.query<{ agent: string; row: string }>(
      `select agent, row from (${sql}) as each order by agent collate "C", row collate "C"`,
    );
    const byAgent = Map.groupBy(rows, (row) => row.agent);
    for (const agent of content) {
      const own = (byAgent.get(agent.id) ?? []).map(({ row }) => row);
      agent.rows[part] = own.length;
      agent.digests[part] = digestOf(own);
    }
  }
  for (const agent of content) agent.digest = digestOf(Object.entries(agent.digests).flat());
  return content;
}

/** Table → rows and a SHA-256 over them, for every table of the schema `public`: what belongs to no agent counts too. */
export async function readTableContent(database: SqlReader): Promise<Map<string, { rows: number; digest: string }>> {
  await database.exec(pinned);
  const { rows: tables } = await database.query<{ name: string; quoted: string }>(`
    select c.relname as name, quote_ident(c.relname) as quoted from pg_class c
     where c.relnamespace = to_regnamespace('public') and c.relkind = 'r' order by c.relname collate "C"`);
  const content = new Map<string, { rows: number; digest: string }>();
  for (const { name, quoted } of tables) {
    const { rows } = await database.query<{ row: string }>(`select t::text as row from public.${quoted} as t order by t::text collate "C"`);
    content.set(name, { rows: rows.length, digest: digestOf(rows.map(({ row }) => row)) });
  }
  return content;
}

export interface AgentVerdict {
  id: string;
  name: string;
  kind: AgentContent['kind'];
  before: AgentContent | null;
  after: AgentContent | null;
  /** Parts that differ; empty = equal. */
  different: string[];
}

/** Agent by agent, by id: names are neither unique nor always there. Agents that only one side has are not equal. */
export function compareAgents(before: readonly AgentContent[], after: readonly AgentContent[]): AgentVerdict[] {
  const [left, right] = [before, after].map((side) => new Map(side.map((agent) => [agent.id, agent]))) as [
    Map<string, AgentContent>,
    Map<string, AgentContent>,
  ];
  const ids = new Set([...left.keys(), ...right.keys()]);
  return [...ids].map((id) => {
    const [one, other] = [left.get(id) ?? null, right.get(id) ?? null];
    const { name, kind } = (one ?? other) as AgentContent;
    const different =
      one && other
        ? Object.keys(parts).filter((part) => one.digests[part] !== other.digests[part] || one.rows[part] !== other.rows[part])
        : ['agent is missing'];
    return { id, name, kind, before: one, after: other, different };
  });
}

/** Names of tables that are not the same on both sides. */
export function compareTables(before: ReadonlyMap<string, { rows: number; digest: string }>, after: typeof before): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name)?.digest !== after.get(name)?.digest);
}

/** Each text with its length before it: no two lists of texts give the same bytes. */
function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:${text}`);
  return hash.digest('hex');
}
