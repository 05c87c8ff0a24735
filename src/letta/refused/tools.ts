import { isNothing } from '../json-sql.ts';
import { isSince } from '../serving-release.ts';

/** A value of a tool that a release's Tool schema refuses, and the nearest that it takes. SQL over the row `t`. */
export interface ToolRepair {
  column: string;
  where: string;
  /** SQL of the value that the column gets. */
  set: string;
  reason: string;
}

/**
 * Tools that do not fit the server's Tool schema (`letta/schemas/tool.py`): `GET /v1/tools/` deletes such rows with
 * their attachments, from 0.6.17 to 0.16.8 (letta-server.md §0 fact 5). Here: where one harmless value is the reason.
 */
export function toolRepairs(release: string): ToolRepair[] {
  // FUNCTION_RETURN_CHAR_LIMIT in letta/constants.py: 6000 up to 0.11.3, 50000 since 0.11.4.
  const usual = isSince(release, '0.11.4') ? 50_000 : 6_000;
  return [
    {
      column: 'return_char_limit',
      where: 't.return_char_limit is null',
      set: String(usual),
      reason: `NULL would make Letta delete the tool: it gets ${usual}, what ${release} gives to new tools`,
    },
    ...(isSince(release, '0.14.0')
      ? [
          {
            column: 'return_char_limit',
            where: 't.return_char_limit < 1 or t.return_char_limit > 1000000',
            set: 'least(greatest(t.return_char_limit, 1), 1000000)',
            reason: 'since 0.14.0 it must lie between 1 and 1,000,000, or Letta deletes the tool: it gets the nearest of the two',
          },
        ]
      : []),
    {
      column: 'tags',
      where: `t.tags::text = 'null'`,
      set: `'[]'`,
      reason: 'JSON null would make Letta delete the tool: it gets the empty list',
    },
  ];
}

/** A condition over the row `t`: no server writes such a value, and this release cannot read it. */
export interface RefusedToolShape {
  column: string;
  where: string;
  /** What is wrong, for a sentence: mostly the column. */
  what: string;
}

/**
 * What of a tool a release cannot read, and no nearest value would mend.
 * @param hasColumn whether the table of tools has a column
 */
export function refusedToolShapes(release: string, hasColumn: (column: string) => boolean): RefusedToolShape[] {
  const found: RefusedToolShape[] = [{ column: 'id', where: `t.id !~ '^tool-[a-fA-F0-9]{8}'`, what: 'id' }];
  const add = (column: string, where: string) => {
    if (hasColumn(column)) found.push({ column, where, what: column });
  };
  const jsonIs = (column: string, type: string) => `json_typeof(t.${column}) not in ('null', '${type}')`;
  add(
    'tags',
    `(${jsonIs('tags', 'array')}) or (case when json_typeof(t.tags) = 'array' then exists (select from json_array_elements(t.tags) e where json_typeof(e.value) <> 'string') end)`,
  );
  for (const column of ['json_schema', 'args_json_schema', 'metadata_']) add(column, jsonIs(column, 'object'));
  for (const column of ['pip_requirements', 'npm_requirements'])
    add(
      column,
      `(${jsonIs(column, 'array')}) or (case when json_typeof(t.${column}) = 'array' then exists (select from json_array_elements(t.${column}) e
         where json_typeof(e.value) <> 'object' or coalesce(json_typeof(e.value -> 'name'), '') <> 'string' or e.value ->> 'name' = ''
            or coalesce(json_typeof(e.value -> 'version'), 'null') not in ('string', 'null')) end)`,
    );
  // From 0.6.14 to 0.11.7 a tool had to have a schema, and up to 0.11.6 a custom tool its source.
  if (hasColumn('tool_type') && !isSince(release, '0.12.0')) {
    const noSchema = `coalesce(t.json_schema::text, 'null') in ('null', '{}')`;
    const noSource = `coalesce(t.source_code, '') = ''`;
    found.push({
      column: 'source_code',
      where: `case when t.tool_type = 'custom' then ${noSource}${isSince(release, '0.11.7') ? ` and ${noSchema}` : ''} when t.tool_type like 'letta\\_%' then false else ${noSchema} end`,
      what: 'missing source or schema',
    });
  }
  return found;
}

/**
 * SQL condition over the row `t`: up to 0.11.6 a server makes a custom tool's schema anew whenever it reads the tool
 * (`refresh_source_code_and_json_schema`), from args_json_schema where there is one. Newer servers store `{}` there, which
 * has no `properties`: a KeyError, no agent with such a tool can be loaded, and `GET /v1/tools/` deletes it. Without
 * args_json_schema the schema comes from the source, as it did when the tool was made.
 *
 * @returns null since 0.11.7
 */
export function refusedArguments(release: string): string | null {
  if (isSince(release, '0.11.7')) return null;
  const python = isSince(release, '0.11.4') ? `t.tool_type = 'custom' and t.source_type = 'python'` : `t.tool_type = 'custom'`;
  return `${python} and not ${isNothing('t.args_json_schema')} and t.args_json_schema -> 'properties' is null`;
}

/** SQL condition over the row `t`: 0.11.4 to 0.11.6 read custom tools in Python and TypeScript only. null at other releases. */
export function refusedSourceType(release: string): string | null {
  if (!isSince(release, '0.11.4') || isSince(release, '0.11.7')) return null;
  return `t.tool_type = 'custom' and t.source_type not in ('python', 'typescript')`;
}
