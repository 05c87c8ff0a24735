import { qualified } from '../../schema/model.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { setAside } from '../set-aside.ts';
import { hasColumn } from '../touched.ts';

/**
 * Takes tools out of the server's sight together with their attachments: a tool row that a server cannot read makes
 * every answer fail that contains an agent with it, and `GET /v1/tools/` deletes the row (letta-server.md §0 fact 5), so
 * that leaving only the row behind would lose it. `where` is SQL over the tool row `t`.
 */
export async function setAsideTools(built: Built, where: string, reason: string): Promise<Loss[]> {
  const tools = qualified(built.home, null, 'tools');
  // Up to 0.6.2 agents had the names of their tools.
  const attachments = hasColumn(built, 'tools_agents', 'tool_id')
    ? await setAside(built, {
        table: 'tools_agents',
        where: `t.tool_id in (select t.id from ${tools} t where (${where}))`,
        reason: `${reason}; the agents lose it`,
        wayBack: 'After its tool is back:',
      })
    : null;
  const rows = await setAside(built, { table: 'tools', where, reason });
  return [attachments, rows].filter((loss) => loss !== null);
}
