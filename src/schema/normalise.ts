/** Other spellings of types, for models that people or other tools wrote; format_type() gives the right column. */
const typeAliases: Readonly<Record<string, string>> = {
  bool: 'boolean',
  char: 'character',
  decimal: 'numeric',
  float4: 'real',
  float8: 'double precision',
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  varchar: 'character varying',
};

/** A type in PostgreSQL's own spelling: `varchar(50)` → `character varying(50)`. */
export function normaliseType(type: string): string {
  const text = type.trim().replace(/\s+/g, ' ');
  const [, name = '', rest = ''] = /^(\w+)(\(.*\))?$/.exec(text) ?? [];
  const alias = typeAliases[name];
  if (alias === undefined) return text;
  return alias.startsWith('timestamp') ? alias.replace('timestamp', `timestamp${rest}`) : `${alias}${rest}`;
}

/**
 * A default with what says nothing taken away: parentheses around the whole, and the cast of a string literal to a
 * string type. `now()` and CURRENT_TIMESTAMP stay different, as they are in the catalogue.
 */
export function normaliseDefault(expression: string | null): string | null {
  if (expression === null) return null;
  const text = expression.trim();
  const inner = /^\(([^()]*)\)$/.exec(text)?.[1] ?? text;
  return inner.replace(/^('(?:[^']|'')*')::(?:text|character varying)(?:\(\d+\))?$/, '$1');
}
