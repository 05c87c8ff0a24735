/** The targets at which the comparison is run. */
export const oracleReleases = ['0.16.2', '0.16.8'] as const;
export type OracleRelease = (typeof oracleReleases)[number];

/** A way in which Lifeboat's result is meant to differ from what Letta's own migrations make of the same database. */
export interface ExpectedDifference {
  /** Targets at which it is there. */
  at: readonly OracleRelease[];
  table: string;
  /** `only ours`, `only upstream`: whole rows. `value`: a column of rows that both have. */
  kind: 'only ours' | 'only upstream' | 'value';
  column?: string;
  /** Which rows: SQL over `t`, a row of that side. For a value both sides may be asked. */
  ours?: string;
  upstream?: string;
  /** Exactly so many; at least one. */
  count: number;
  /** Why ours is right. */
  because: string;
}

const both = oracleReleases;
const runOfItsAgent = 'exists (select from runs r where r.id = t.run_id and r.agent_id = t.agent_id)';
const privateUrl = `server_url like 'http://127.0.0.1:9/%'`;
const lostTool = `name = 'send_message_to_all_agents_in_group'`;

/** Letta 0.11.3 → target, for the fixture `letta-0.11.3`. */
export const expectedDifferences: readonly ExpectedDifference[] = [
  {
    at: both,
    table: 'agent_environment_variables',
    column: 'value_enc',
    kind: 'value',
    ours: `t.value_enc is not null`,
    upstream: 't.value_enc is null',
    count: 7,
    because:
      'Letta’s migrations never fill it, and servers from 0.16.2 on read nothing else: tools would get the literal text <encrypted> as every secret',
  },
  {
    at: both,
    table: 'jobs',
    kind: 'only upstream',
    upstream: `t.job_type = 'run'`,
    count: 64,
    because: 'runs of before 0.12.0 stay in jobs, where no later server finds them by their ids; ours are in runs',
  },
  {
    at: both,
    table: 'runs',
    kind: 'only ours',
    ours: 'exists (select from agents a where a.id = t.agent_id and a.organization_id = t.organization_id)',
    count: 64,
    because: '567e9fe06270 creates the table empty; these are the runs that upstream leaves in jobs',
  },
  {
    at: both,
    table: 'run_metrics',
    kind: 'only ours',
    ours: `exists (select from runs r where r.id = t.id and r.agent_id = t.agent_id)
           and t.num_steps = (select count(*) from steps s where s.run_id = t.id)`,
    count: 64,
    because: 'a server that updates a run demands its row of metrics; the runs that upstream loses have none there either',
  },
  {
    at: both,
    table: 'messages',
    column: 'run_id',
    kind: 'value',
    ours: runOfItsAgent,
    upstream: 't.run_id is null',
    count: 133,
    because: '567e9fe06270 drops job_messages and steps.job_id without carrying over which message belongs to which run',
  },
  {
    at: both,
    table: 'steps',
    column: 'run_id',
    kind: 'value',
    ours: runOfItsAgent,
    upstream: 't.run_id is null',
    count: 57,
    because: '567e9fe06270 drops steps.job_id without carrying it over to run_id',
  },
  {
    at: ['0.16.8'],
    table: 'tools',
    kind: 'only upstream',
    upstream: `t.${lostTool}`,
    count: 1,
    because: '0.16.8 has no such built-in tool, and refuses every list of agents with one that has it: set aside',
  },
  {
    at: ['0.16.8'],
    table: 'tools_agents',
    kind: 'only upstream',
    upstream: `t.tool_id = (select id from tools where ${lostTool})`,
    count: 1,
    because: 'the attachment of that tool is set aside with it',
  },
  {
    at: ['0.16.8'],
    table: 'mcp_server',
    kind: 'only upstream',
    upstream: `t.${privateUrl}`,
    count: 2,
    because: '0.16.8 refuses to list any MCP server as long as one has an address that is not public: set aside',
  },
  {
    at: ['0.16.8'],
    table: 'mcp_oauth',
    kind: 'only upstream',
    upstream: `t.server_id in (select id from mcp_server where ${privateUrl})`,
    count: 1,
    because: 'the sign-in to one of those MCP servers is set aside with it',
  },
];

/** Tables of `lifeboat_set_aside`, and how many rows upstream leaves in the server’s way. */
export const expectedSetAside: Readonly<Record<OracleRelease, Readonly<Record<string, number>>>> = {
  '0.16.2': { job_messages: 10 },
  '0.16.8': { job_messages: 10, mcp_oauth: 1, mcp_server: 2, tools: 1, tools_agents: 1 },
};
