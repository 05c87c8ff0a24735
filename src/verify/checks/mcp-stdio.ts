import { isSince } from '../../letta/serving-release.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const mcpStdio: Check = {
  code: 'mcp-stdio',
  group: 'tools',
  severity: 'warning',
  looksFor: 'An MCP server is a program that Letta starts (stdio), which it does not do by default since 0.16.4.',
  effect:
    'Its tools stay listed, and calling one fails: “MCP stdio servers are disabled” (letta/settings.py: mcp_disable_stdio, letta/services/mcp_manager.py; letta-server.md §11 row 26).',
  run: async (context) => {
    const { session, home, release } = context;
    if (release === null || !isSince(release, '0.16.4') || !has(context, 'mcp_server', 'id', 'server_name', 'server_type')) return [];
    const found = await findRows(
      session,
      `select s.id, s.server_name from ${qualified(home, null, 'mcp_server')} s where s.server_type = 'stdio'`,
    );
    return findingOf(mcpStdio, found, (rows) => ({
      where: 'mcp_server.server_type',
      message: `${formatCountOf(found.count, 'MCP server')} over stdio, which Letta ${release} does not start unless it is told to: ${someOf(rows, 'server_name')}`,
      why: 'A server without MCP_DISABLE_STDIO=false in its environment refuses to connect to them: calling their tools fails.',
      repair: 'Set MCP_DISABLE_STDIO=false in the server’s environment, where only you use it; their programs must be on its host.',
    }));
  },
};
