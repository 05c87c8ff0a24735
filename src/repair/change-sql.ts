import { type DatabaseModel, qualified, quoteIdent, quoteLiteral } from '../schema/model.ts';
import type { Change, ColumnValues } from '../verify/change.ts';
import type { AppliedChange } from './applied-change.ts';

/** A change as the SQL that a person would write: for reading, and to run by hand. Names and values are quoted. Pure. */
export function changeSql(change: Change | AppliedChange, { home, model }: { home: string; model: DatabaseModel }): string {
  if (change.kind === 'set sequence' || change.kind === 'move sequence') {
    const { lastValue, isCalled } = change.kind === 'set sequence' ? { lastValue: change.next, isCalled: false } : change.next;
    return `select setval(${literal(qualified(home, null, change.sequence))}, ${BigInt(lastValue)}, ${isCalled});`;
  }
  const table = qualified(home, null, change.table);
  const types = new Map(
    model.tables.find(({ schema, name }) => schema === null && name === change.table)?.columns.map(({ name, type }) => [name, type]),
  );
  const where = (values: ColumnValues): string =>
    Object.entries(values)
      .map(([column, value]) => condition(column, value, types.get(column) ?? ''))
      .join(' and ');
  switch (change.kind) {
    case 'update':
      return `update ${table} set ${list(change.set, (column, value) => `${quoteIdent(column)} = ${textOf(value)}`)} where ${where({ ...change.was, ...change.key })};`;
    case 'insert':
      return `insert into ${table} (${list(change.row, quoteIdent)}) values (${list(change.row, (_, value) => textOf(value))});`;
    case 'delete':
      return `delete from ${table} where ${where(change.row)};`;
  }
}

const list = (values: ColumnValues, each: (column: string, value: string | null) => string): string =>
  Object.entries(values)
    .map(([column, value]) => each(column, value))
    .join(', ');

/** json has no equality, so its text is compared. */
function condition(column: string, value: string | null, type: string): string {
  if (value === null) return `${quoteIdent(column)} is null`;
  return `${quoteIdent(column)}${type === 'json' ? '::text' : ''} = ${literal(value)}`;
}

const textOf = (value: string | null): string => (value === null ? 'null' : literal(value));
const literal = (text: string): string => quoteLiteral(text).trim();
