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

/** Table → its columns. What two databases are compared over, where their releases are not the same. */
export type Columns = ReadonlyMap<string, readonly string[]>;

/** A row of a table, under an alias, as one text: NULL is not the empty text, and nothing runs together. */
export function rowText(columns: Columns, table: string, alias: string): string {
  const own = columns.get(table) ?? [];
  return own.length === 0 ? `''` : `array[${own.map((column) => `${alias}."${column}"::text`).join(', ')}]::text`;
}

type Row = (table: string, alias: string) => string;

/** What belongs to an agent, from Letta 0.11.3 to 0.16.8. Each statement gives (agent, row). */
const parts: Record<string, (row: Row) => string> = {
  agent: (row) => `select a.id as agent, ${row('agents', 'a')} as row from agents a`,
  messages: (row) => `select m.agent_id as agent, ${row('messages', 'm')} as row from messages m`,
  blocks: (row) =>
    `select x.agent_id as agent, concat(${row('blocks_agents', 'x')}, ${row('block', 'b')}) as row from blocks_agents x join block b on b.id = x.block_id`,
  history: (row) =>
    `select x.agent_id as agent, ${row('block_history', 'h')} as row from blocks_agents x join block_history h on h.block_id = x.block_id`,
  tools: (row) => `select x.agent_id as agent, ${row('tools', 't')} as row from tools_agents x join tools t on t.id = x.tool_id`,
  tags: (row) => `select x.agent_id as agent, ${row('agents_tags', 'x')} as row from agents_tags x`,
  secrets: (row) => `select x.agent_id as agent, ${row('agent_environment_variables', 'x')} as row from agent_environment_variables x`,
  archives: (row) =>
    `select x.agent_id as agent, concat(${row('archives_agents', 'x')}, ${row('archives', 'a')}) as row from archives_agents x join archives a on a.id = x.archive_id`,
  passages: (row) =>
    `select x.agent_id as agent, ${row('archival_passages', 'p')} as row from archives_agents x join archival_passages p on p.archive_id = x.archive_id`,
  folders: (row) =>
    `select x.agent_id as agent, concat(${row('sources_agents', 'x')}, ${row('sources', 's')}) as row from sources_agents x join sources s on s.id = x.source_id`,
  files: (row) =>
    `select x.agent_id as agent, concat(${row('files_agents', 'x')}, ${row('files', 'f')}, ${row('file_contents', 'c')}) as row
       from files_agents x join files f on f.id = x.file_id left join file_contents c on c.file_id = f.id`,
  chunks: (row) =>
    `select x.agent_id as agent, ${row('source_passages', 'p')} as row from sources_agents x join source_passages p on p.source_id = x.source_id`,
  identities: (row) =>
    `select x.agent_id as agent, concat(${row('identities_agents', 'x')}, ${row('identities', 'i')}) as row from identities_agents x join identities i on i.id = x.identity_id`,
  groups: (row) =>
    `select g.manager_agent_id as agent, ${row('groups', 'g')} as row from groups g
     union all select x.agent_id, concat(${row('groups_agents', 'x')}, ${row('groups', 'g')}) from groups_agents x join groups g on g.id = x.group_id`,
  steps: (row) => `select s.agent_id as agent, ${row('steps', 's')} as row from steps s`,
};

/** Text output must not depend on who asks; `public` is where the tables of the demo's database are. */
const pinned = `set search_path = public; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601';
                set extra_float_digits = 1; set bytea_output = 'hex'`;

/** Every table of the schema `public` with its columns: one that nobody thought of counts too. */
export async function readColumns(database: SqlReader): Promise<Columns> {
  const { rows } = await database.query<{ name: string; columns: string[] }>(`
    select c.relname as name, array_agg(a.attname::text order by a.attname collate "C") as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = to_regnamespace('public') and c.relkind = 'r' group by 1 order by c.relname collate "C"`);
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

/** Tables and columns that both have. */
export function commonColumns(one: Columns, other: Columns): Columns {
  return new Map(
    [...one].flatMap(([table, columns]) => {
      const there = other.get(table);
      return there ? [[table, columns.filter((column) => there.includes(column))]] : [];
    }),
  );
}

/**
 * Every agent with a hash of all that belongs to it; oldest first. Independent of Lifeboat: plain SQL and SHA-256.
 * @param given what to look at; all columns unless said otherwise
 */
export async function readAgentContent(database: SqlReader, given?: Columns): Promise<AgentContent[]> {
  await database.exec(pinned);
  const columns = given ?? (await readColumns(database));
  const { rows: agents } = await database.query<{ id: string; name: string; kind: AgentContent['kind'] }>(`
    select id, name, case when is_deleted then 'soft-deleted' when agent_type = 'sleeptime_agent' then 'sleeptime' else 'agent' end as kind
      from agents order by created_at, id collate "C"`);
  const content = agents.map((agent): AgentContent => ({ ...agent, rows: {}, digests: {}, digest: '' }));
  for (const [part, statement] of Object.entries(parts)) {
    const sql = statement((table, alias) => rowText(columns, table, alias));
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

export type TableContent = ReadonlyMap<string, { rows: number; digest: string }>;

/** Table → rows and a SHA-256 over them, for every table of the schema `public`: what belongs to no agent counts too. */
export async function readTableContent(database: SqlReader, given?: Columns): Promise<TableContent> {
  await database.exec(pinned);
  const columns = given ?? (await readColumns(database));
  const content = new Map<string, { rows: number; digest: string }>();
  for (const name of columns.keys()) {
    const { rows } = await database.query<{ row: string }>(
      `select row from (select ${rowText(columns, name, 't')} as row from public."${name}" as t) as each order by row collate "C"`,
    );
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
export function compareTables(before: TableContent, after: TableContent): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name)?.digest !== after.get(name)?.digest);
}

/** Each text with its length before it: no two lists of texts give the same bytes. */
function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:${text}`);
  return hash.digest('hex');
}
