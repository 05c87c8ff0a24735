import type { Revision } from '../../letta/catalogue.ts';
import { refusedMcpUrl } from '../../letta/mcp-server-url.ts';
import { isSince, servingRelease } from '../../letta/serving-release.ts';
import { qualified, quoteLiteral } from '../../schema/model.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { setAside } from '../set-aside.ts';
import { hasColumn, summarise, touchedFrom } from '../touched.ts';
import type { SetAsideRule } from './rule.ts';

/**
 * MCP servers whose URL the target's server refuses, with their sign-ins and the links to their tools. 0.16.8 answers
 * `GET /v1/tools/mcp/servers` with 400 as long as one is there, and could not call its tools either.
 */
export const mcpServersRule: SetAsideRule = {
  name: 'mcp-servers',
  applies: (to: Revision) => isSince(servingRelease(to), '0.16.2'),
  async run(built: Built): Promise<Loss[]> {
    if (!hasColumn(built, 'mcp_server', 'server_url')) return [];
    const release = servingRelease(built.to);
    const servers = await built.session.query(`select id, server_url from ${qualified(built.home, null, 'mcp_server')} order by id`);
    const byReason = new Map<string, string[]>();
    for (const { id, server_url } of servers) {
      const why = refusedMcpUrl(server_url ?? null, release);
      if (why !== null && id != null) byReason.set(why, [...(byReason.get(why) ?? []), id]);
    }
    const losses: (Loss | null)[] = [];
    for (const [why, ids] of byReason) losses.push(...(await setAsideServers(built, ids, why, release)));
    return losses.filter((loss) => loss !== null);
  },
};

async function setAsideServers(built: Built, ids: readonly string[], why: string, release: string): Promise<(Loss | null)[]> {
  const list = ids.map((id) => quoteLiteral(id).trim()).join(', ');
  const reason = `the URL of the MCP server ${why}: with it Letta ${release} refuses to list any MCP server of the organisation`;
  const agents = await agentsWithToolsOf(built, list);
  const rows = async (table: string, column: string, what: string) =>
    hasColumn(built, table, column)
      ? setAside(built, {
          table,
          where: `t.${column} in (${list})`,
          reason: `${what}; ${reason}`,
          wayBack: 'After its MCP server is back:',
        })
      : null;
  const signIns = await rows('mcp_oauth', 'server_id', 'a sign-in to an MCP server that is set aside');
  const links = await rows('mcp_tools', 'mcp_server_id', 'a link from a tool to an MCP server that is set aside');
  const servers = await setAside(built, {
    table: 'mcp_server',
    where: `t.id in (${list})`,
    reason: `${reason}; its tools stay attached, and calling them fails`,
    wayBack: 'After its URL, in the table of rows set aside, is one that the server accepts:',
  });
  return [servers && { ...servers, agents }, signIns, links];
}

/** A tool of an MCP server is tagged `mcp:` and the server's name. */
async function agentsWithToolsOf(built: Built, ids: string): Promise<Loss['agents']> {
  if (!hasColumn(built, 'tools', 'tags') || !hasColumn(built, 'tools_agents', 'agent_id')) return [];
  const [servers, tools, attached] = ['mcp_server', 'tools', 'tools_agents'].map((table) => qualified(built.home, null, table));
  const answer = await built.session.query(
    `with used as (
       select 'id=' || o.id as key, a.agent_id::text as agent
         from ${servers} s
         join ${tools} o on o.organization_id = s.organization_id and case when json_typeof(o.tags) = 'array'
              then exists (select from json_array_elements_text(o.tags) e where e.value = 'mcp:' || s.server_name) end
         join ${attached} a on a.tool_id = o.id
        where s.id in (${ids}))
     ${summarise('used')}`,
  );
  return touchedFrom(answer).agents;
}
