import { elements, jsonText } from '../../letta/json-sql.ts';
import { toolRuleConditions } from '../../letta/refused/tool-rules.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/** Written up to 0.6.42, read up to 0.6.42 as what stands behind them (`deserialize_tool_rule`). */
const formerNames = { InitToolRule: 'run_first', TerminalToolRule: 'exit_loop', ToolRule: 'constrain_child_tools' };

/**
 * Rules of tools that the release does not know, or with fields that it does not have. `requires_approval` came with 0.11.7, the fields
 * `args` and `child_arg_nodes` with 0.12.0; newer servers write both fields as null into every rule.
 */
export const toolRulesRule: AdaptRule = {
  name: 'tool-rules',
  applies: () => true,
  run: async (built, release) => {
    const sql = statements(release);
    const report = (kind: 'derived' | 'dropped', where: string, reason: string) =>
      change(built, { class: kind, table: 'agents', column: 'tool_rules', set: sql.set, where, reason });
    return [
      ...(await report(
        'derived',
        `${sql.refused} and not ${sql.lossy}`,
        `Letta ${release} cannot load rules of tools in the form in which they are stored: fields without a value are left out, former names of rules replaced`,
      )),
      ...(await report(
        'dropped',
        sql.approval,
        `Letta ${release} knows no rule that a tool must be approved: the rule is taken out of the agent's list, and the agent will call the tool without asking`,
      )),
      ...(await report(
        'dropped',
        sql.refused,
        `Letta ${release} does not know some rules of tools, or fields of them (arguments that are filled in beforehand): they are taken out of the agent's list`,
      )),
    ];
  },
};

function statements(release: string): { set: string; refused: string; lossy: string; approval: string } {
  const rules = elements('t.tool_rules', 'r');
  const object = `case when json_typeof(r.item) = 'object' then r.item else '{}'::json end`;
  const type = `coalesce(${jsonText(formerNames)}::jsonb ->> (r.item ->> 'type'), r.item ->> 'type', '')`;
  const conditions = toolRuleConditions(release, type);
  const known = conditions.known;
  const refusedField = conditions.refusedField('f.key');
  const bad = `(not ${known} or ${type} <> (r.item ->> 'type') or exists (select from json_each(${object}) f where ${refusedField}))`;
  const rule = `case when ${bad} then
      (select '{' || string_agg(to_json(f.key)::text || ': ' || case f.key when 'type' then to_json(${type})::text else f.value::text end, ', ' order by f.m) || '}'
         from json_each(${object}) with ordinality as f(key, value, m) where not ${refusedField})
      else r.item::text end`;
  const some = (condition: string) => `exists (select from ${rules} where ${condition})`;
  return {
    set: `(select '[' || coalesce(string_agg(${rule}, ', ' order by r.n), '') || ']' from ${rules} where ${known})::json`,
    refused: some(bad),
    lossy: some(`not ${known} or exists (select from json_each(${object}) f where ${refusedField} and f.value::text <> 'null')`),
    approval: some(`${type} = 'requires_approval' and not ${known}`),
  };
}
