import { refusedArguments, type ToolRepair, toolRepairs } from '../../letta/refused/tools.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified, quoteIdent } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

/** Where no nearest value is known: `tool-unreadable`. */
export const toolMalformed: Check = {
  code: 'tool-malformed',
  group: 'tools',
  severity: 'error',
  looksFor:
    'A tool holds a value that this release’s Tool schema refuses, and one near it that it takes: a return_char_limit of NULL or out of bounds, tags of null.',
  effect:
    'GET /v1/tools/ deletes the tool and takes it off every agent; until then no list can be loaded that contains an agent with it (letta/services/tool_manager.py: _list_tools_async; letta-server.md §0 fact 5, §11 row 24, seen at 0.16.2 and 0.16.8).',
  run: async (context) => {
    const { release } = context;
    if (release === null || !has(context, 'tools', 'id', 'name')) return [];
    const repairs = [...toolRepairs(release), ...emptyArguments(release)].filter(({ column }) => has(context, 'tools', column));
    const findings: Finding[] = [];
    for (const [column, ofColumn] of Map.groupBy(repairs, (repair) => repair.column))
      findings.push(...(await refusedValues(context, column, ofColumn)));
    return findings;
  },
};

function emptyArguments(release: string): ToolRepair[] {
  const refused = refusedArguments(release);
  if (refused === null) return [];
  const where = `${refused} and t.args_json_schema::text = '{}'`;
  return [{ column: 'args_json_schema', where, set: 'null', reason: 'NULL means the same' }];
}

async function refusedValues({ session, home, release }: CheckContext, column: string, repairs: readonly ToolRepair[]): Promise<Finding[]> {
  const tools = qualified(home, null, 'tools');
  const name = quoteIdent(column);
  const set = `case ${repairs.map((repair) => `when ${repair.where} then (${repair.set})::text`).join(' ')} end`;
  const where = repairs.map((repair) => `(${repair.where})`).join(' or ');
  const found = await findRows(session, `select t.id, t.name, t.${name}::text as was, ${set} as set from ${tools} t where ${where}`, {
    toChange: true,
  });
  return findingOf(toolMalformed, found, (rows) => ({
    where: `tools.${column}`,
    message: `${formatCountOf(found.count, 'tool')} with a value of ${column} that Letta ${release} refuses: ${someOf(rows, 'name')}`,
    why: 'A server deletes these tools, with their attachments to agents, as soon as somebody lists tools.',
    repair: repairs.map((repair) => `update tools t set ${name} = ${repair.set} where ${repair.where};`).join('\n'),
    changes: rows.map(
      (row): Change => ({
        kind: 'update',
        table: 'tools',
        key: { id: row.id ?? null },
        was: { [column]: row.was ?? null },
        set: { [column]: row.set ?? null },
      }),
    ),
  }));
}
