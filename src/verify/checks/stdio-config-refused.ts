import { stdioConfigProblems } from '../../letta/refused/stdio-config.ts';
import { shapeCheck } from '../shape-check.ts';

export const stdioConfigRefused = shapeCheck({
  code: 'stdio-config-refused',
  severity: 'error',
  looksFor: "An MCP server's stdio_config without command or arguments; up to 0.12.1 also without its name and type.",
  effect: 'MCP servers of the organisation cannot be listed (StdioServerConfig in letta/functions/mcp_client/types.py).',
  places: (release) => [{ table: 'mcp_server', column: 'stdio_config', problems: stdioConfigProblems(release) }],
  why: (release) => `Letta ${release} fails when it lists the MCP servers.`,
  repair: 'Put command (a text), args (a list of texts), env (an object), server_name and type ("stdio") right in mcp_server.stdio_config.',
});
