import { isSince } from '../../letta/serving-release.ts';
import { change } from './change.ts';
import { jsonText, withFields } from './json-sql.ts';
import type { AdaptRule } from './rule.ts';

/**
 * Up to 0.12.1 servers wrote a stdio server's configuration without name and type where an API client changed it, and could not read
 * it again; 0.13.0 fills both in when it reads (`deserialize_mcp_stdio_config` in `letta/helpers/converters.py`).
 */
export const stdioServersRule: AdaptRule = {
  name: 'stdio-servers',
  applies: (release) => !isSince(release, '0.13.0'),
  run: (built, release) =>
    change(built, {
      class: 'derived',
      table: 'mcp_server',
      column: 'stdio_config',
      set: withFields('t.stdio_config', {
        server_name: `coalesce(t.stdio_config -> 'server_name', to_json(t.server_name))::text`,
        type: `coalesce((t.stdio_config -> 'type')::text, ${jsonText('stdio')})`,
      }),
      where: `json_typeof(t.stdio_config) = 'object' and t.stdio_config::text <> '{}' and (t.stdio_config -> 'server_name' is null or t.stdio_config -> 'type' is null)`,
      reason: `Letta ${release} cannot list MCP servers with a configuration that lacks their name or type: both are filled in`,
    }),
};
