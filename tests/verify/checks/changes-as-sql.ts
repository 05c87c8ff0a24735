import type { Change, ColumnValues } from '../../../src/verify/change.ts';

/** What changes do, as plain statements: tests see whether they mend what they say. */
export function changesAsSql(changes: readonly Change[]): string[] {
  return changes.map(asSql);
}

function asSql(change: Change): string {
  switch (change.kind) {
    case 'update':
      return `update ${change.table} set ${list(change.set, (name, value) => `${name} = ${value}`, ', ')} where ${all(change.key)} and ${all(change.was)}`;
    case 'insert':
      return `insert into ${change.table} (${Object.keys(change.row).join(', ')}) values (${list(change.row, (_, value) => value, ', ')})`;
    case 'delete':
      return `delete from ${change.table} where ${all(change.row)}`;
    case 'set sequence':
      return `select setval('${change.sequence}', ${change.next}, false)`;
  }
}

/** Nothing of type json equals anything; other values are compared as what they are. */
const all = (values: ColumnValues): string =>
  list(values, (name, value) => `${name}${jsonColumns.includes(name) ? '::text' : ''} is not distinct from ${value}`, ' and ');
const jsonColumns = ['tags', 'args_json_schema', 'message_ids'];

function list(values: ColumnValues, say: (name: string, value: string) => string, between: string): string {
  return Object.entries(values)
    .map(([name, value]) => say(name, value === null ? 'null' : `'${value.replaceAll("'", "''")}'`))
    .join(between);
}
