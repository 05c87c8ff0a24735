import { encryptedColumns } from '../letta/secret-columns.ts';
import { type DatabaseModel, qualified, quoteIdent, quoteLiteral } from '../schema/model.ts';
import type { Change, ColumnValues } from '../verify/change.ts';
import type { AppliedChange } from './applied-change.ts';

/** Columns whose values are shown to nobody. */
const secret = new Set(encryptedColumns.flatMap(({ table, column, plaintext }) => [`${table}.${column}`, `${table}.${plaintext}`]));

/** A change as the SQL that a person would write, for reading. Names and values are quoted; secrets are left out. Pure. */
export function changeSql(change: Change | AppliedChange, { home, model }: { home: string; model: DatabaseModel }): string {
  if (change.kind === 'set sequence' || change.kind === 'move sequence') {
    const { lastValue, isCalled } = change.kind === 'set sequence' ? { lastValue: change.next, isCalled: false } : change.next;
    return `select setval(${literal(qualified(home, null, change.sequence))}, ${BigInt(lastValue)}, ${isCalled});`;
  }
  const table = qualified(home, null, change.table);
  const types = new Map(
    model.tables.find(({ schema, name }) => schema === null && name === change.table)?.columns.map(({ name, type }) => [name, type]),
  );
  const textOf = (column: string, value: string | null): string => {
    if (value === null) return 'null';
    return secret.has(`${change.table}.${column}`) ? "'…'" : literal(value);
  };
  // json has no equality, so its text is compared.
  const condition = (column: string, value: string | null): string =>
    `${quoteIdent(column)}${types.get(column) === 'json' && value !== null ? '::text' : ''} ${value === null ? 'is' : '='} ${textOf(column, value)}`;
  const where = (values: ColumnValues): string => list(values, condition, ' and ');
  switch (change.kind) {
    case 'update':
      return `update ${table} set ${list(change.set, (column, value) => `${quoteIdent(column)} = ${textOf(column, value)}`)} where ${where({ ...change.was, ...change.key })};`;
    case 'insert':
      return `insert into ${table} (${list(change.row, quoteIdent)}) values (${list(change.row, textOf)});`;
    case 'delete':
      return `delete from ${table} where ${where(change.row)};`;
  }
}

const list = (values: ColumnValues, each: (column: string, value: string | null) => string, between = ', '): string =>
  Object.entries(values)
    .map(([column, value]) => each(column, value))
    .join(between);

const literal = (text: string): string => quoteLiteral(text).trim();
