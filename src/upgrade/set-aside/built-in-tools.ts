import { builtInTools } from '../../letta/built-in-tools.ts';
import type { Revision } from '../../letta/catalogue.ts';
import { servingRelease } from '../../letta/serving-release.ts';
import { qualified, quoteLiteral } from '../../schema/model.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { hasColumn } from '../touched.ts';
import type { SetAsideRule } from './rule.ts';
import { setAsideTools } from './tool-rows.ts';

/**
 * Built-in tools that the target's code does not have, upwards (`send_message_to_all_agents_in_group` was in 0.6.40 to
 * 0.16.6; a message to a supervisor group attached it, and 0.16.8 then answers `GET /v1/agents/` with 400 for the whole
 * organisation) and downwards (`memory` began with 0.12.0, `memory_apply_patch` with 0.13.0, `run_code_with_tools` with
 * 0.16.0), and tools of a type that it does not know.
 */
export const builtInToolsRule: SetAsideRule = {
  name: 'built-in-tools',
  applies: (to: Revision) => builtInTools(servingRelease(to)).size > 0,
  async run(built: Built): Promise<Loss[]> {
    if (!hasColumn(built, 'tools', 'tool_type')) return [];
    const release = servingRelease(built.to);
    const losses: Loss[] = [];
    const { unknownTypes, unknownNames } = await unresolved(built, release);
    if (unknownTypes.length > 0)
      losses.push(
        ...(await setAsideTools(
          built,
          `t.tool_type in (${list(unknownTypes)})`,
          `Letta ${release} does not know tools of type ${unknownTypes.join(', ')}: it would fail on every agent that has one, and delete them`,
        )),
      );
    if (unknownNames.length > 0) {
      const pairs = unknownNames.map(({ type, name }) => `(${literal(type)}, ${literal(name)})`).join(', ');
      const names = [...new Set(unknownNames.map(({ name }) => name))].sort().join(', ');
      losses.push(
        ...(await setAsideTools(
          built,
          `(t.tool_type, t.name) in (${pairs})`,
          `Letta ${release} has no built-in tool ${names}: it would fail on every agent that has one, and delete them`,
        )),
      );
    }
    return losses;
  },
};

/** Soft-deleted rows count: the server reads them too. */
async function unresolved(built: Built, release: string) {
  const known = builtInTools(release);
  const rows = await built.session.query(
    `select distinct t.tool_type, t.name from ${qualified(built.home, null, 'tools')} t order by t.tool_type, t.name`,
  );
  const all = rows.map(({ tool_type, name }) => ({ type: tool_type ?? '', name: name ?? '' }));
  return {
    unknownTypes: [...new Set(all.flatMap(({ type }) => (known.has(type) ? [] : [type])))],
    unknownNames: all.filter(({ type, name }) => known.get(type)?.includes(name) === false),
  };
}

const literal = (text: string): string => quoteLiteral(text).trim();
const list = (texts: readonly string[]): string => texts.map(literal).join(', ');
