import {
  type RefusedToolShape,
  refusedArguments,
  refusedSourceType,
  refusedToolShapes,
  type ToolRepair,
  toolRepairs,
} from '../../letta/refused/tools.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified, quoteIdent } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const toolMalformed: Check = {
  code: 'tool-malformed',
  group: 'tools',
  severity: 'error',
  looksFor: 'A tool holds a value that this release’s Tool schema refuses, such as a return_char_limit of NULL.',
  effect:
    'GET /v1/tools/ deletes the tool and takes it off every agent; until then no list can be loaded that contains an agent with it (letta/services/tool_manager.py: _list_tools_async; letta-server.md §0 fact 5, §11 row 24, seen at 0.16.2 and 0.16.8).',
  run: async (context) => {
    const { release } = context;
    if (release === null || !has(context, 'tools', 'id', 'name')) return [];
    const hasColumn = (column: string) => has(context, 'tools', column);
    const repairs = [...toolRepairs(release), ...emptyArguments(release)].filter(({ column }) => hasColumn(column));
    const findings: Finding[] = [];
    for (const [column, ofColumn] of Map.groupBy(repairs, ({ column }) => column))
      findings.push(...(await withRepair(context, column, ofColumn)));
    for (const shape of [...refusedToolShapes(release, hasColumn), ...customTools(release)].filter(({ column }) => hasColumn(column)))
      findings.push(...(await withoutRepair(context, shape)));
    return findings;
  },
};

const empty = `t.args_json_schema::text = '{}'`;

function emptyArguments(release: string): ToolRepair[] {
  const refused = refusedArguments(release);
  if (refused === null) return [];
  return [{ column: 'args_json_schema', where: `${refused} and ${empty}`, set: 'null', reason: 'NULL means the same' }];
}

function customTools(release: string): RefusedToolShape[] {
  const [schema, language] = [refusedArguments(release), refusedSourceType(release)];
  return [
    ...(schema === null ? [] : [{ column: 'args_json_schema', where: `${schema} and not ${empty}`, what: 'schema of arguments' }]),
    ...(language === null ? [] : [{ column: 'source_type', where: language, what: 'source_type' }]),
  ];
}

const why = 'A server deletes these tools, with their attachments to agents, as soon as somebody lists tools.';

async function withRepair({ session, home, release }: CheckContext, column: string, repairs: readonly ToolRepair[]): Promise<Finding[]> {
  const tools = qualified(home, null, 'tools');
  const name = quoteIdent(column);
  const set = `case ${repairs.map((repair) => `when ${repair.where} then (${repair.set})::text`).join(' ')} end`;
  const where = repairs.map((repair) => `(${repair.where})`).join(' or ');
  const found = await findRows(session, `select t.id, t.name, t.${name}::text as was, ${set} as set from ${tools} t where ${where}`, {
    toChange: true,
  });
  return findingOf(toolMalformed, found, (rows) => ({
    where: `tools.${column}`,
    message: `${formatCountOf(found.count, 'tool')} with a ${column} that Letta ${release} refuses: ${someOf(rows, 'name')}`,
    why,
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

async function withoutRepair({ session, home, release }: CheckContext, shape: RefusedToolShape): Promise<Finding[]> {
  const found = await findRows(session, `select t.id, t.name from ${qualified(home, null, 'tools')} t where ${shape.where}`);
  return findingOf(toolMalformed, found, (rows) => ({
    where: `tools.${shape.column}`,
    message: `${formatCountOf(found.count, 'tool')} whose ${shape.what} Letta ${release} cannot read: ${someOf(rows, 'name')}`,
    why,
    repair: 'Restore these tools from a snapshot, or write the value anew, before anybody lists tools. Nobody wrote it through the API.',
  }));
}
