import { jsonText, withFields } from '../../letta/json-sql.ts';
import { lacksStdioNames, needsStdioNames } from '../../letta/refused/stdio-config.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** A configuration without name and type, which the release cannot read again. */
export const stdioServersRule: AdaptRule = {
  name: 'stdio-servers',
  applies: needsStdioNames,
  run: (built, release) =>
    change(built, {
      class: 'derived',
      table: 'mcp_server',
      column: 'stdio_config',
      set: withFields('t.stdio_config', {
        server_name: `coalesce(t.stdio_config -> 'server_name', to_json(t.server_name))::text`,
        type: `coalesce((t.stdio_config -> 'type')::text, ${jsonText('stdio')})`,
      }),
      where: lacksStdioNames('t.stdio_config'),
      reason: `Letta ${release} cannot list MCP servers with a configuration that lacks their name or type: both are filled in`,
    }),
};
