import { isSince } from '../../letta/serving-release.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const toolComposio: Check = {
  code: 'tool-composio',
  group: 'tools',
  severity: 'warning',
  looksFor: 'A tool of Composio (external_composio), which no release since 0.12.0 can run.',
  effect:
    'It is listed and offered to the model; calling it fails (letta/services/tool_executor/tool_execution_manager.py; letta-server.md §11 row 27).',
  run: async (context) => {
    const { session, home, release } = context;
    if (release === null || !isSince(release, '0.12.0') || !has(context, 'tools', 'id', 'name', 'tool_type')) return [];
    const found = await findRows(
      session,
      `select t.id, t.name from ${qualified(home, null, 'tools')} t where t.tool_type = 'external_composio'`,
    );
    return findingOf(toolComposio, found, (rows) => ({
      where: 'tools.tool_type',
      message: `${formatCountOf(found.count, 'tool')} of Composio, which Letta ${release} cannot run: ${someOf(rows, 'name')}`,
      why: 'A server offers them to the agents that have them, and every call fails.',
      repair: 'Replace them by tools of Composio’s MCP server, then DELETE /v1/tools/{id}.',
    }));
  },
};
