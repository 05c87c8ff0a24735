import { readableElements } from '../../letta/json-sql.ts';
import { isSince } from '../../letta/serving-release.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** Up to 0.7.x servers were in a file by default (`mcp_read_from_config` in letta/settings.py), so that rows say nothing. */
export const mcpToolServer: Check = {
  code: 'mcp-tool-server',
  group: 'tools',
  severity: 'warning',
  looksFor: 'A tool of an MCP server whose server is not in the organisation, by the name in the tool’s tag mcp:NAME.',
  effect:
    'It is listed and offered to the model; calling it fails (letta/services/tool_executor/mcp_tool_executor.py, letta/services/mcp_manager.py: execute_mcp_server_tool).',
  run: async (context) => {
    const { session, home, release } = context;
    if (release !== null && !isSince(release, '0.8.0')) return [];
    if (!has(context, 'tools', 'id', 'name', 'tool_type', 'tags', 'organization_id')) return [];
    if (!has(context, 'mcp_server', 'server_name', 'organization_id')) return [];
    const found = await findRows(
      session,
      `select m.id, m.name, coalesce(m.server, 'none is named') as server
         from (select t.id, t.name, t.organization_id,
                      (select split_part(e.item #>> '{}', ':', 2) from ${readableElements('t.tags', 'e')}
                        where e.item #>> '{}' like 'mcp:%' order by e.n limit 1) as server
                 from ${qualified(home, null, 'tools')} t where t.tool_type = 'external_mcp') m
        where m.server is null or not exists (
              select from ${qualified(home, null, 'mcp_server')} s where s.server_name = m.server and s.organization_id = m.organization_id)`,
    );
    return findingOf(mcpToolServer, found, (rows) => ({
      where: 'tools.tags',
      message: `${formatCountOf(found.count, 'tool')} of MCP servers that are not there (${someOf(rows, 'server')}): ${someOf(rows, 'name')}`,
      why: 'A server offers them to the agents that have them, and every call fails; unless MCP_READ_FROM_CONFIG is set and its file names the server.',
      repair: 'Add the MCP server again under that name, or DELETE /v1/tools/{id}.',
    }));
  },
};
