import { refusedMcpUrl } from '../../letta/mcp-server-url.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { idsShown } from '../finding.ts';
import { findingOf, someOf } from '../found-rows.ts';

/** URLs may hold keys: a finding names servers and says what is wrong, never the URL. */
export const mcpServerUrl: Check = {
  code: 'mcp-server-url',
  group: 'tools',
  severity: 'error',
  looksFor: 'An MCP server’s URL is one that this release refuses: no http(s) URL since 0.16.2, not at a public address since 0.16.7.',
  effect:
    'GET /v1/tools/mcp/servers answers 400 for the whole organisation, and its tools cannot be called (letta/schemas/mcp.py, letta/helpers/url_validation.py; letta-server.md §11 row 32, seen at 0.16.8).',
  run: async (context) => {
    const { session, home, release } = context;
    if (release === null || !has(context, 'mcp_server', 'id', 'server_name', 'server_url')) return [];
    // The rule is Python's, and there are few servers: each is looked at here.
    const servers = await session.query(
      `select s.id, s.server_name, s.server_url from ${qualified(home, null, 'mcp_server')} s where s.server_url is not null order by s.id collate "C"`,
    );
    const refused = servers.flatMap(({ id = null, server_name = null, server_url = null }) => {
      const why = refusedMcpUrl(server_url, release);
      return why === null ? [] : [{ id, said: `the one of ${server_name} ${why}` }];
    });
    return findingOf(mcpServerUrl, { rows: refused.slice(0, idsShown), count: refused.length }, (rows) => ({
      where: 'mcp_server.server_url',
      message: `${formatCountOf(refused.length, 'MCP server')} with a URL that Letta ${release} refuses: ${someOf(rows, 'said')}`,
      why: 'A server lists no MCP server of the organisation at all, and calls no tool of these.',
      repair: 'Give these servers a public URL (update mcp_server set server_url = …), or delete their rows: the API cannot list them.',
    }));
  },
};
