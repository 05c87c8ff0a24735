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

/** Everything that the checks find in the fixtures as they are. A finding that is not listed fails, and so does an entry that is not found. */
export const trueOfFixtures: Partial<Record<FixtureName, readonly TrueFinding[]>> = {
  'letta-0.11.3': [stuckFile],
  'letta-0.16.2': [waitsForApproval, stuckFile, groupsWithoutLoop],
  'letta-0.16.8': [waitsForApproval, stuckFile, groupsWithoutLoop, stdioServer],
  'letta-0.16.2.custom-layout': [waitsForApproval, stuckFile, groupsWithoutLoop],
  'oracle-0.11.3-to-0.16.2': [stuckFile, groupsWithoutLoop],
  'oracle-0.11.3-to-0.16.8': [
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
