import type { Revision } from '../../letta/catalogue.ts';
import { isSince, servingRelease } from '../../letta/serving-release.ts';
import { alterColumn } from '../alterations.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { hasColumn } from '../touched.ts';
import type { SetAsideRule } from './rule.ts';
import { setAsideTools } from './tool-rows.ts';

/**
 * Tools that do not fit the server's Tool schema (`letta/schemas/tool.py`): `GET /v1/tools/` deletes such rows with
 * their attachments, from 0.6.17 to 0.16.8 (letta-server.md §0 fact 5). Where one harmless value is the reason, it is
 * repaired and the tool stays; otherwise the tool is set aside.
 */
export const malformedToolsRule: SetAsideRule = {
  name: 'malformed-tools',
  applies: (_to: Revision) => true,
  async run(built: Built): Promise<Loss[]> {
    const losses = await repair(built, servingRelease(built.to));
    for (const { where, what } of shapes(built, servingRelease(built.to)))
      losses.push(
        ...(await setAsideTools(
          built,
          where,
          `a tool whose ${what} cannot be read by Letta ${servingRelease(built.to)}, which would delete it`,
        )),
      );
    return losses;
  },
};

async function repair(built: Built, release: string): Promise<Loss[]> {
  const losses: Loss[] = [];
  const report = async (column: string, set: string, where: string, reason: string) => {
    if (!hasColumn(built, 'tools', column)) return;
    const touched = await alterColumn(built, { table: 'tools', column, set, where });
    if (touched.rows > 0) losses.push({ class: 'derived', table: 'tools', column, ...touched, reason });
  };
  // FUNCTION_RETURN_CHAR_LIMIT in letta/constants.py: 6000 up to 0.11.3, 50000 since 0.11.4.
  const usual = isSince(release, '0.11.4') ? 50_000 : 6_000;
  await report(
    'return_char_limit',
    String(usual),
    't.return_char_limit is null',
    `NULL would make Letta delete the tool: it gets ${usual}, what ${release} gives to new tools`,
  );
  if (isSince(release, '0.14.0'))
    await report(
      'return_char_limit',
      'least(greatest(t.return_char_limit, 1), 1000000)',
      't.return_char_limit < 1 or t.return_char_limit > 1000000',
      'since 0.14.0 it must lie between 1 and 1,000,000, or Letta deletes the tool: it gets the nearest of the two',
    );
  await report('tags', `'[]'`, `t.tags::text = 'null'`, 'JSON null would make Letta delete the tool: it gets the empty list');
  return losses;
}

/** SQL conditions over a tool row `t` for what no server writes and none can read. */
function shapes(built: Built, release: string): { where: string; what: string }[] {
  const found: { where: string; what: string }[] = [{ where: `t.id !~ '^tool-[a-fA-F0-9]{8}'`, what: 'id' }];
  const add = (column: string, where: string) => {
    if (hasColumn(built, 'tools', column)) found.push({ where, what: column });
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
  if (hasColumn(built, 'tools', 'tool_type') && !isSince(release, '0.12.0')) {
    const noSchema = `coalesce(t.json_schema::text, 'null') in ('null', '{}')`;
    const noSource = `coalesce(t.source_code, '') = ''`;
    found.push({
      where: `case when t.tool_type = 'custom' then ${noSource}${isSince(release, '0.11.7') ? ` and ${noSchema}` : ''} when t.tool_type like 'letta\\_%' then false else ${noSchema} end`,
      what: 'missing source or schema',
    });
  }
  return found;
}
