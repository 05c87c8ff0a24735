import { acceptedFields, acceptedValues, modelsWithFields } from '../accepted-values.ts';
import { type FieldShape, listProblems, nothing, objectProblems } from '../json-shape.ts';
import { jsonText, sqlText } from '../json-sql.ts';

/**
 * Type of rule → the fields that its model has, for the types that a release knows. An agent with a rule of an unknown type, or with a
 * field that the rule's model does not have (they forbid others), cannot be loaded (`letta/helpers/converters.py`,
 * `letta/schemas/tool_rule.py`).
 */
export function toolRuleFields(release: string): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const model of modelsWithFields()) {
    const fields = acceptedFields(model, release);
    if (fields === null) continue;
    for (const type of acceptedValues(`${model}.type`, release) ?? []) found[type] = fields;
  }
  return found;
}

/** SQL conditions over a rule: its type is known; the model of that type does not have a field. */
export function toolRuleConditions(release: string, type: string): { known: string; refusedField: (name: string) => string } {
  const fields = `${jsonText(toolRuleFields(release))}::jsonb`;
  return { known: `${fields} ? ${type}`, refusedField: (name) => `not (${fields} -> ${type}) ? ${name}` };
}

/** SQL of a text[]: why a release refuses an agent's list of rules of tools. */
export function toolRulesProblems(release: string): (rules: string) => string {
  const type = (rule: string) => `coalesce(${rule} ->> 'type', '')`;
  const item = (rule: string) => {
    const { known, refusedField } = toolRuleConditions(release, type(rule));
    const object = `case when jsonb_typeof(${rule}) = 'object' then ${rule} else '{}'::jsonb end`;
    const cases = Object.entries(ownFields).map(([name, fields]) => `when ${sqlText(name)} then ${objectProblems(rule, fields)}`);
    return `case when jsonb_typeof(${rule}) <> 'object' then array['a rule is not an object']
      when not ${known} then array['type "' || left(${type(rule)}, 40) || '"']
      else array(select ${type(rule)} || '.' || f.key from jsonb_object_keys(${object}) f(key) where ${refusedField('f.key')})
        || case when ${type(rule)} = 'conditional' and ${rule} ->> 'child_output_mapping' = '{}' then array['child_output_mapping'] else '{}'::text[] end
        || ${objectProblems(rule, common)} || case ${type(rule)} ${cases.join(' ')} else '{}'::text[] end end`;
  };
  return (rules) => `case when ${nothing(rules)} then '{}'::text[] else ${listProblems(rules, item)} end`;
}

const common: FieldShape[] = [
  { name: 'tool_name', kind: 'text', required: true },
  { name: 'prompt_template', kind: 'text', nullable: true },
];

/** What a rule of each type needs, the same from 0.11.0 to 0.16.8. */
const ownFields: Record<string, FieldShape[]> = {
  constrain_child_tools: [{ name: 'children', kind: 'list', required: true }],
  parent_last_tool: [{ name: 'children', kind: 'list', required: true }],
  conditional: [
    { name: 'child_output_mapping', kind: 'object', required: true },
    { name: 'default_child', kind: 'text', nullable: true },
    { name: 'require_output_mapping', kind: 'boolean' },
  ],
  max_count_per_step: [{ name: 'max_count_limit', kind: 'integer', required: true }],
};
