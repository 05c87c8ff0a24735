import type { FixtureName } from '../../support/fixtures.ts';

/** A finding that is true of a fixture: real servers wrote it, or its README says that it was made so. */
export interface TrueFinding {
  code: string;
  where: string;
  count: number;
  /** Why it is there. */
  because: string;
}

const stuckFile: TrueFinding = {
  code: 'file-unfinished',
  where: 'files.processing_status',
  count: 1,
  because: 'README: stuck.pdf was left in `embedding`, made by SQL',
};
const groupsWithoutLoop: TrueFinding = {
  code: 'group-loop-missing',
  where: 'groups.manager_type',
  count: 2,
  because: 'the supervisor group and the round robin: README: 500 at 0.16.2, 405 at 0.16.8',
};
const stdioServer: TrueFinding = {
  code: 'mcp-stdio',
  where: 'mcp_server.server_type',
  count: 1,
  because: 'local-notes runs /bin/false over stdio, which is off by default since 0.16.4',
};

const waitsForApproval: TrueFinding = {
  code: 'context-pending-approval',
  where: 'agents.message_ids',
  count: 1,
  because: 'README: one pending approval; it is system_maintenance’s',
};

const scratchpad: TrueFinding = {
  code: 'agent-deleted-but-listed',
  where: 'agents.is_deleted',
  count: 1,
  because: 'README: "Old Scratchpad" was soft-deleted by SQL, and all three servers go on listing it',
};
const oddName: TrueFinding = {
  code: 'name-not-exportable',
  where: 'agents.name',
  count: 1,
  because: 'README: "AI/ML Expert" was renamed by PATCH; its export is 500 at 0.16.2 and 0.16.8, fine at 0.11.3',
};
const refreshToken: TrueFinding = {
  code: 'oauth-token-rotates',
  where: 'mcp_oauth.refresh_token',
  count: 1,
  because: 'README: one mcp_oauth row, made by SQL, with all four secrets',
};
const unfinished = (where: string, count: number, because: string): TrueFinding => ({ code: 'work-unfinished', where, count, because });
const unfinishedJobs = unfinished('jobs.status', 2, 'README: a job left created and a batch job, made by SQL');
const unfinishedBatch = [
  unfinished('llm_batch_job.status', 1, 'README: a batch job + item, made by SQL'),
  unfinished('llm_batch_items.request_status', 1, 'README: a batch job + item, made by SQL'),
];
const callback = (table: 'runs' | 'jobs'): TrueFinding => ({
  code: 'callback-pending',
  where: `${table}.callback_url`,
  count: 1,
  because: 'README: a run left running, made by SQL, which has an address to call',
});
const before012 = [
  unfinished('jobs.status', 3, 'README: a job left created, a batch job, and a run left running, which was a row of jobs up to 0.11'),
  ...unfinishedBatch,
  callback('jobs'),
];
const of0162 = [
  unfinished(
    'runs.status',
    2,
    'README: a run left running, made by SQL; the server itself left one created, of a message from agent to agent',
  ),
  unfinishedJobs,
  ...unfinishedBatch,
  callback('runs'),
];
const clearBeside: readonly TrueFinding[] = Object.entries({
  'agent_environment_variables.value': 5,
  'mcp_oauth.access_token': 1,
  'mcp_oauth.authorization_code': 1,
  'mcp_oauth.client_secret': 1,
  'mcp_oauth.refresh_token': 1,
  'mcp_server.custom_headers': 1,
  'mcp_server.token': 1,
  'providers.api_key': 1,
  'sandbox_environment_variables.value': 2,
}).map(([where, count]) => ({
  code: 'secret-in-clear',
  where,
  count,
  because: 'what 0.11.3 wrote in clear; no migration of Letta’s takes it away, also where it encrypts it beside (letta-server.md §5.1)',
}));
const upgradedInPlace: readonly TrueFinding[] = [
  ...before012,
  ...clearBeside,
  {
    code: 'secret-only-in-clear',
    where: 'agent_environment_variables.value_enc',
    count: 7,
    because: 'README: all 7 agent secrets read back as the literal <encrypted>: no migration fills value_enc',
  },
  {
    code: 'run-left-in-jobs',
    where: 'jobs.id',
    count: 64,
    because: 'README: `runs` is empty, 64 runs remain as `jobs` of type run, unreachable by id',
  },
];
const everywhere = [scratchpad, refreshToken];

/** Everything that the checks find in the fixtures as they are. A finding that is not listed fails, and so does an entry that is not found. */
export const trueOfFixtures: Partial<Record<FixtureName, readonly TrueFinding[]>> = {
  'letta-0.11.3': [...everywhere, ...before012, stuckFile],
  'letta-0.16.2': [...everywhere, oddName, ...of0162, waitsForApproval, stuckFile, groupsWithoutLoop],
  'letta-0.16.8': [
    ...everywhere,
    oddName,
    unfinished('runs.status', 1, 'README: a run left running, made by SQL'),
    unfinishedJobs,
    ...unfinishedBatch,
    callback('runs'),
    waitsForApproval,
    stuckFile,
    groupsWithoutLoop,
    stdioServer,
  ],
  'letta-0.16.2.custom-layout': [...everywhere, oddName, ...of0162, waitsForApproval, stuckFile, groupsWithoutLoop],
  'oracle-0.11.3-to-0.16.2': [...everywhere, oddName, ...upgradedInPlace, stuckFile, groupsWithoutLoop],
  'oracle-0.11.3-to-0.16.8': [
    ...everywhere,
    oddName,
    ...upgradedInPlace,
    stuckFile,
    groupsWithoutLoop,
    stdioServer,
    {
      code: 'built-in-tool-missing',
      where: 'tools_agents',
      count: 1,
      because:
        'README: a message to the supervisor group at 0.11.3 attached send_message_to_all_agents_in_group, and 0.16.8 lists no agents',
    },
    {
      code: 'mcp-server-url',
      where: 'mcp_server.server_url',
      count: 2,
      because: 'README: two MCP servers at 127.0.0.1, which 0.16.8 refuses when reading, too',
    },
  ],
};
