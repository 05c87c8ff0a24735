import { builtInTools } from '../../letta/built-in-tools.ts';
import { sqlList, sqlText } from '../../letta/json-sql.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const builtInToolMissing: Check = {
  code: 'built-in-tool-missing',
  group: 'tools',
  severity: 'error',
  looksFor:
    'A built-in tool that this release’s code does not have, or a tool of a type that it does not know: a note where no agent has it.',
  effect:
    'GET /v1/agents/ answers 400 for the whole organisation as long as an agent has it; GET /v1/tools/ deletes it (letta/schemas/tool.py: refresh_source_code_and_json_schema; letta-server.md §11 row 31, seen at 0.16.8).',
  run: async (context) => {
    const { release } = context;
    if (release === null || !has(context, 'tools', 'id', 'name', 'tool_type') || !has(context, 'tools_agents', 'agent_id', 'tool_id'))
      return [];
    const known = builtInTools(release);
    if (known.size === 0) return [];
    return [...(await attached(context, unresolved(known))), ...(await unattached(context, unresolved(known)))];
  },
};

/** SQL condition over a tool `t`: the server finds no function for it. */
function unresolved(known: ReturnType<typeof builtInTools>): string {
  const cases = [...known].map(
    ([type, names]) => `when ${sqlText(type)} then ${names === null ? 'false' : `t.name not in ${sqlList(names)}`}`,
  );
  return `case t.tool_type ${cases.join(' ')} else true end`;
}

async function attached(context: CheckContext, where: string): Promise<Finding[]> {
  const { session, home, model, release } = context;
  const found = await findRows(
    session,
    `select l.agent_id || ',' || l.tool_id as id, l.agent_id, l.tool_id, t.name
       from ${qualified(home, null, 'tools_agents')} l join ${qualified(home, null, 'tools')} t on t.id = l.tool_id where ${where}`,
    { toChange: true },
  );
  // Up to 0.6.4 an attachment had more to it than these two.
  const columns = model.tables.find(({ schema, name }) => schema === null && name === 'tools_agents')?.columns.length;
  return findingOf(builtInToolMissing, found, (rows) => ({
    where: 'tools_agents',
    message: `${formatCountOf(found.count, 'attachment')} of tools that Letta ${release} does not have: ${someOf(rows, 'name')} at ${someOf(rows, 'agent_id', 3)}`,
    why: 'A server fails on these agents, and on every list that contains one of them: no agent of the organisation is listed.',
    repair: 'Take the tools off the agents: delete these rows of tools_agents.',
    changes:
      columns === 2
        ? rows.map(({ agent_id = null, tool_id = null }): Change => ({ kind: 'delete', table: 'tools_agents', row: { agent_id, tool_id } }))
        : [],
  }));
}

async function unattached({ session, home, release }: CheckContext, where: string): Promise<Finding[]> {
  const found = await findRows(
    session,
    `select t.id, t.name from ${qualified(home, null, 'tools')} t
      where ${where} and not exists (select from ${qualified(home, null, 'tools_agents')} l where l.tool_id = t.id)`,
  );
  return findingOf(builtInToolMissing, found, (rows) => ({
    severity: 'note',
    where: 'tools.name',
    message: `${formatCountOf(found.count, 'tool')} that Letta ${release} does not have, and no agent either: ${someOf(rows, 'name')}`,
    why: 'A server deletes them as soon as somebody lists tools. Nothing of yours is in a built-in tool.',
    repair: null,
  }));
}
