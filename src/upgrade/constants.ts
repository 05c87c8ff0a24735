import type { ColumnModel } from '../schema/model.ts';

/**
 * What existing rows get in a column that a migration adds: the default where it is a literal, else NULL (nothing is
 * invented: `now()` would be the time of the upgrade). undefined when the column must not be NULL and has no literal.
 */
export function literalDefault(column: ColumnModel): string | null | undefined {
  const literal = literalOf(column.default);
  if (literal !== undefined && literal !== null) return literal;
  return column.notNull ? undefined : null;
}

function literalOf(expression: string | null): string | null | undefined {
  if (expression === null) return null;
  const quoted = /^'((?:[^']|'')*)'(?:::[\w" ]+(?:\(\d+\))?)?$/.exec(expression)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  return /^(?:true|false|-?\d+)$/.test(expression) ? expression : undefined;
}

/** The bytes of a constant in COPY's binary form; undefined for a type that is not needed so far. */
export function binaryConstant(text: string, type: string, isEnum: boolean): Buffer | undefined {
  if (isEnum || /^(?:text|json|character varying(?:\(\d+\))?)$/.test(type)) return Buffer.from(text, 'utf8');
  if (type === 'boolean') return Buffer.from([text === 'true' || text === 't' ? 1 : 0]);
  if (type === 'integer') {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(Number(text));
    return bytes;
  }
  if (type === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(text));
    return bytes;
  }
  return undefined;
}
