/**
 * Letta's JSON columns hold SQL NULL and JSON null alike for "nothing" (letta-server.md §0 fact 20): the SQL of a json
 * value that is NULL for both.
 */
export function known(json: string): string {
  return `case when ${json}::text <> 'null' then ${json} end`;
}

/**
 * The SQL of a field's text in a json object, NULL where it cannot be had. PostgreSQL stores any escape in a json value
 * but refuses to read a value with `\u0000` or half a surrogate pair in it, wherever that is; such a value is not read.
 */
export function fieldText(json: string, field: string): string {
  const text = `${json}::text`;
  // A pattern over a long text is slow, and most texts need none.
  const safe = String.raw`(strpos(${text}, '\u') = 0 or ${text} !~ '\\u(0000|[dD][89a-fA-F])')`;
  return `case when strpos(${text}, '"${field}"') > 0 and ${safe} then ${json} ->> '${field}' end`;
}
