import { isNothing } from '../../letta/json-sql.ts';
import { isSince } from '../../letta/serving-release.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/**
 * Up to 0.11.6 a server makes a custom tool's schema anew whenever it reads the tool (`refresh_source_code_and_json_schema` in
 * `letta/schemas/tool.py`), from args_json_schema where there is one. Newer servers store `{}` there, which has no
 * `properties`: a KeyError, no agent with such a tool can be loaded, and `GET /v1/tools/` deletes it. Without args_json_schema the
 * schema comes from the source, as it did when the tool was made.
 */
export const customToolsRule: AdaptRule = {
  name: 'custom-tools',
  applies: (release) => !isSince(release, '0.11.7'),
  run: async (built, release) => {
    const python = isSince(release, '0.11.4') ? `t.tool_type = 'custom' and t.source_type = 'python'` : `t.tool_type = 'custom'`;
    const refused = `${python} and not ${isNothing('t.args_json_schema')} and t.args_json_schema -> 'properties' is null`;
    const args = { table: 'tools', column: 'args_json_schema', set: 'null' };
    return [
      ...(await change(built, {
        ...args,
        class: 'derived',
        where: `${refused} and t.args_json_schema::jsonb = '{}'`,
        reason: `Letta ${release} fails on an empty schema of arguments and would delete the tool: it becomes NULL, which means the same`,
      })),
      ...(await change(built, {
        ...args,
        class: 'dropped',
        where: refused,
        reason: `Letta ${release} fails on a schema of arguments without properties and would delete the tool: it reads the arguments from the tool's source instead`,
      })),
      ...(isSince(release, '0.11.4')
        ? await change(built, {
            class: 'dropped',
            table: 'tools',
            column: 'source_type',
            set: `'python'`,
            where: `t.tool_type = 'custom' and t.source_type not in ('python', 'typescript')`,
            reason: `Letta ${release} reads tools in Python and TypeScript only and would delete the tool: it counts as Python, with the schema that is stored`,
          })
        : []),
    ];
  },
};
