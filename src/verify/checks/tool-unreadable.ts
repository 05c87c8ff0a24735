import { type RefusedToolShape, refusedArguments, refusedSourceType, refusedToolShapes } from '../../letta/refused/tools.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const toolUnreadable: Check = {
  code: 'tool-unreadable',
  group: 'tools',
  severity: 'error',
  looksFor:
    'A tool that this release cannot read: an id of another form, tags, schema, metadata or requirements of the wrong kind; up to 0.11.7 no source or schema.',
  effect: 'As with tool-malformed: GET /v1/tools/ deletes it, and nobody can tell what the value was to be (letta/schemas/tool.py).',
  run: async (context) => {
    const { release } = context;
    if (release === null || !has(context, 'tools', 'id', 'name')) return [];
    const hasColumn = (column: string) => has(context, 'tools', column);
    const shapes = [...refusedToolShapes(release, hasColumn), ...customTools(release)].filter(({ column }) => hasColumn(column));
    const findings: Finding[] = [];
    for (const [column, ofColumn] of Map.groupBy(shapes, (shape) => shape.column))
      findings.push(...(await refusedRows(context, column, ofColumn)));
    return findings;
  },
};

function customTools(release: string): RefusedToolShape[] {
  const [schema, language] = [refusedArguments(release), refusedSourceType(release)];
  return [
    ...(schema === null
      ? []
      : [{ column: 'args_json_schema', where: `${schema} and t.args_json_schema::text <> '{}'`, what: 'args_json_schema' }]),
    ...(language === null ? [] : [{ column: 'source_type', where: language, what: 'source_type' }]),
  ];
}

async function refusedRows(
  { session, home, release }: CheckContext,
  column: string,
  shapes: readonly RefusedToolShape[],
): Promise<Finding[]> {
  const where = shapes.map((shape) => `(${shape.where})`).join(' or ');
  const found = await findRows(session, `select t.id, t.name from ${qualified(home, null, 'tools')} t where ${where}`);
  return findingOf(toolUnreadable, found, (rows) => ({
    where: `tools.${column}`,
    message: `${formatCountOf(found.count, 'tool')} whose ${shapes[0]?.what} Letta ${release} cannot read: ${someOf(rows, 'name')}`,
    why: 'A server deletes these tools, with their attachments to agents, as soon as somebody lists tools.',
    repair: 'Restore these tools from a snapshot, or write the value anew, before anybody lists tools: no server wrote it so.',
  }));
}
