import { sqlList, sqlText } from './json-sql.ts';

/** What a field of one of Letta's models takes. As pydantic does it: numbers may be written as texts, and whole numbers as `1.0`. */
export interface FieldShape {
  name: string;
  kind: 'text' | 'integer' | 'number' | 'boolean' | 'object' | 'list';
  /** It has no default. */
  required?: true;
  /** It may be null. */
  nullable?: true;
  /** The only texts that it may hold. */
  accepted?: readonly string[];
}

/** SQL condition over a jsonb value: what Python takes for nothing: NULL, null, an empty object, list or text, `false`, `0`. */
export function nothing(json: string): string {
  return `(${json} is null or ${json} in ('null', '{}', '[]', '""', 'false', '0'))`;
}

/** SQL of a text[]: the names of those conditions (name, SQL condition) that hold. */
export function problemsIf(conditions: readonly (readonly [string, string])[]): string {
  if (conditions.length === 0) return `'{}'::text[]`;
  return `array_remove(array[${conditions.map(([what, where]) => `case when ${where} then ${sqlText(what)} end`).join(', ')}], null)`;
}

/**
 * SQL of a text[]: what is wrong with an object's fields. Where only some texts are accepted, it says which one is there.
 *
 * @param json SQL expression of a jsonb value, not NULL
 * @param prefix stands before the names of fields
 */
export function objectProblems(json: string, fields: readonly FieldShape[], prefix = ''): string {
  const each = fields.map((field) => fieldProblem(json, field, prefix));
  return `case when jsonb_typeof(${json}) <> 'object' then array[${sqlText(`${prefix || 'it '}is not an object`)}] else array_remove(array[${['null::text', ...each].join(', ')}], null) end`;
}

/**
 * SQL of a text[]: what is wrong with a list and its items, once each.
 * @param item SQL of a text[] about one item, whose expression it is given
 */
export function listProblems(json: string, item: (json: string) => string, alias = 'i'): string {
  const problem = `${alias}_problem`;
  return `case when jsonb_typeof(${json}) <> 'array' then array['it is not a list']
    else array(select distinct ${problem}.what from jsonb_array_elements(${json}) ${alias}(item), unnest(${item(`${alias}.item`)}) ${problem}(what)) end`;
}

function fieldProblem(json: string, { name, kind, required, nullable, accepted }: FieldShape, prefix: string): string {
  const value = `(${json} -> ${sqlText(name)})`;
  const text = `(${json} ->> ${sqlText(name)})`;
  const problem = sqlText(`${prefix}${name}`);
  const known =
    accepted === undefined ? '' : `when ${text} not in ${sqlList(accepted)} then ${problem} || ' "' || left(${text}, 40) || '"'`;
  return `case when ${value} is null then ${required ? problem : 'null'} when jsonb_typeof(${value}) = 'null' then ${nullable ? 'null' : problem}
    when not ${fits(kind, value, text)} then ${problem} ${known} end`;
}

function fits(kind: FieldShape['kind'], value: string, text: string): string {
  const type = `jsonb_typeof(${value})`;
  switch (kind) {
    case 'text':
      return `(${type} = 'string')`;
    case 'object':
      return `(${type} = 'object')`;
    case 'list':
      return `(${type} = 'array')`;
    case 'integer':
      return `(${type} = 'boolean' or ${type} in ('number', 'string') and ${text} ~ '^\\s*[+-]?\\d+(\\.0*)?(e\\+?\\d+)?\\s*$')`;
    case 'number':
      return `(${type} in ('number', 'boolean') or ${type} = 'string' and ${text} ~* '^\\s*[+-]?(\\d+(\\.\\d*)?|\\.\\d+|inf(inity)?|nan)(e[+-]?\\d+)?\\s*$')`;
    case 'boolean':
      return `(${type} = 'boolean' or ${type} in ('number', 'string') and lower(${text}) in ('0', '1', '0.0', '1.0', 'true', 'false', 't', 'f', 'yes', 'no', 'y', 'n', 'on', 'off'))`;
  }
}
