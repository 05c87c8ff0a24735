import { acceptedValues } from '../accepted-values.ts';
import { type FieldShape, nothing, objectProblems } from '../json-shape.ts';
import { isSince } from '../serving-release.ts';

/**
 * Whether a release cannot read a stdio server's configuration without name and type, as servers up to 0.12.1 wrote it where an API client
 * changed it; 0.13.0 fills both in when it reads (`deserialize_mcp_stdio_config` in `letta/helpers/converters.py`).
 */
export function needsStdioNames(release: string): boolean {
  return !isSince(release, '0.13.0');
}

/** SQL condition: a configuration without name or type. */
export const lacksStdioNames = (config: string): string =>
  `json_typeof(${config}) = 'object' and ${config}::text <> '{}' and (${config} -> 'server_name' is null or ${config} -> 'type' is null)`;

/** SQL of a text[]: why a release refuses an MCP server's stdio_config. */
export function stdioConfigProblems(release: string): (config: string) => string {
  const types = acceptedValues('StdioServerConfig.type', release) ?? [];
  const needed: Pick<FieldShape, 'required'> = needsStdioNames(release) ? { required: true } : {};
  const fields: FieldShape[] = [
    { name: 'command', kind: 'text', required: true },
    { name: 'args', kind: 'list', required: true },
    { name: 'env', kind: 'object', nullable: true },
    { name: 'server_name', kind: 'text', ...needed },
    { name: 'type', kind: 'text', accepted: types, ...needed },
  ];
  return (config) => `case when ${nothing(config)} then '{}'::text[] else ${objectProblems(config, fields)} end`;
}
