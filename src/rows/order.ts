import { quoteIdent, type TableModel } from '../schema/model.ts';
import type { TableShape } from './shape.ts';

export interface RowOrder {
  /** Expressions for ORDER BY, together a total order that no collation can change. */
  by: string[];
  /** Indexes into the shape of the columns that identify a row, ascending; empty = the whole row does. */
  key: number[];
}

/** Types that PostgreSQL orders the same way everywhere, and whose equal values are equal bytes in a unique key. */
const orderedTypes =
  /^(?:boolean|smallint|integer|bigint|numeric|real|double precision|date|uuid|bytea|time(?:stamp)? with(?:out)? time zone)$/;
const textTypes = /^(?:text|character|character varying)$/;

/**
 * The order in which a table's rows are read: its growing key, so that new rows come last and an index can serve it;
 * then the primary key. A table without one is ordered by all its columns.
 *
 * @param growingKey a column that grows with time, if the caller knows one
 */
export function orderOf(table: TableModel, shape: TableShape, growingKey: string | null = null): RowOrder {
  const positions = new Map(shape.columns.map((column, index) => [column.name, index]));
  const types = new Map(table.columns.map((column) => [column.name, column.type]));
  const by: string[] = [];
  const primary = table.primaryKey?.columns ?? [];
  const growing = growingKey === null ? undefined : types.get(growingKey);
  if (growingKey !== null && growing !== undefined) by.push(`${ordered(growingKey, growing)} NULLS LAST`);

  const key = primary.flatMap((name) => positions.get(name) ?? []);
  // A key column that does not travel (a generated one) cannot tell rows apart in a segment.
  if (primary.length === 0 || key.length < primary.length) {
    return { by: [...by, ...wholeRow(shape)], key: [] };
  }
  for (const name of primary) if (name !== growingKey) by.push(ordered(name, types.get(name) ?? ''));
  return { by, key: key.sort((a, b) => a - b) };
}

/** Columns to select and to order by are limited to 1,664 together: a very wide table is ordered by its rows' text. */
const orderedSingly = 800;

function wholeRow(shape: TableShape): string[] {
  if (shape.columns.length <= orderedSingly) return shape.columns.map((column) => `${asText(column.name)} NULLS LAST`);
  return [`ROW(${shape.columns.map((column) => quoteIdent(column.name)).join(', ')})::text COLLATE "C"`];
}

function ordered(name: string, type: string): string {
  const bare = type.replace(/\([\d,-]+\)/, '');
  if (orderedTypes.test(bare)) return quoteIdent(name);
  return textTypes.test(bare) ? `${quoteIdent(name)} COLLATE "C"` : asText(name);
}

/** Enums sort by the order their labels were added in, others by rules of their type: their text does not. */
function asText(name: string): string {
  return `${quoteIdent(name)}::text COLLATE "C"`;
}
