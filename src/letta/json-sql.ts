import { quoteLiteral } from '../schema/model.ts';

/** A text as SQL. */
export const sqlText = (text: string): string => quoteLiteral(text).trim();

/** Texts as the right side of IN; there is always one, so that an empty list is no error. */
export const sqlList = (texts: readonly string[]): string => `(${['', ...texts].map(sqlText).join(', ')})`;

/** A value's JSON text, as SQL. */
export const jsonText = (value: unknown): string => sqlText(JSON.stringify(value));

/**
 * An object of a json column with some fields changed, the others in their order and with their exact text. Letta's JSON
 * is written by Python's json.dumps, and the separators are its.
 *
 * @param fields name → SQL expression of the new value's JSON text; null takes the field out. One that is not there is added
 */
export function withFields(column: string, fields: Record<string, string | null>): string {
  const changed = Object.entries(fields).filter((each): each is [string, string] => each[1] !== null);
  const gone = Object.keys(fields).filter((name) => fields[name] === null);
  const cases = changed.map(([name, text]) => `when ${sqlText(name)} then ${text}`).join(' ');
  const value = cases === '' ? 'e.value::text' : `case e.key ${cases} else e.value::text end`;
  const added = changed.map(
    ([name, text]) => `, case when ${column} -> ${sqlText(name)} is null then ${jsonText(name)} || ': ' || ${text} end`,
  );
  return `(select '{' || concat_ws(', ', string_agg(to_json(e.key)::text || ': ' || ${value}, ', ' order by e.n)${added.join('')}) || '}'
             from json_each(${column}) with ordinality as e(key, value, n) where e.key not in ${sqlList(gone)})::json`;
}

/** The elements of a json column as `(item, n)`, none when it holds no list. */
export function elements(column: string, alias: string): string {
  return `json_array_elements(case when json_typeof(${column}) = 'array' then ${column} else '[]'::json end) with ordinality as ${alias}(item, n)`;
}

/** Whether a json column holds nothing: servers write both SQL NULL and JSON null (letta-server.md §0 fact 20). */
export const isNothing = (column: string): string => `(${column} is null or ${column}::text = 'null')`;

/**
 * A json value that PostgreSQL can look into. It stores any escape, but fails on every look into a value that has `\u0000`
 * or half a surrogate pair anywhere, as programs print them: here these are U+FFFD, and a value without them is itself.
 */
export function readable(json: string): string {
  const text = `${json}::text`;
  const begins = String.raw`(?<!\\)((?:\\\\)*)\\u`; // not a backslash that is written as two
  const high = '[dD][89abAB][0-9a-fA-F]{2}';
  const low = '[dD][c-fC-F][0-9a-fA-F]{2}';
  const without = (from: string, pattern: string) => String.raw`regexp_replace(${from}, '${pattern}', '\1\\ufffd', 'g')`;
  const mended = without(
    without(without(text, `${begins}0000`), String.raw`${begins}${high}(?!\\u${low})`),
    String.raw`(?<!\\u${high})${begins}${low}`,
  );
  return String.raw`case when strpos(${text}, '\u') > 0 and ${text} ~ '\\u(0000|[dD][89a-fA-F])' then ${mended}::json else ${json} end`;
}

/** The elements of a json column as `(item, n)`, readable, and `exact` as they are. */
export function readableElements(column: string, alias: string): string {
  const each = `${alias}_exact`;
  return `${elements(column, each)} cross join lateral (select ${each}.item as exact, ${readable(`${each}.item`)} as item, ${each}.n as n) ${alias}`;
}
