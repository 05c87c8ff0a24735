/** Values of columns as PostgreSQL's own text, or null: a change is data, never SQL. */
export type ColumnValues = Readonly<Record<string, string | null>>;

/**
 * One change that mends something. Each holds what it replaces, so its inverse is another change (the undo record),
 * and so that it is refused when somebody else wrote there meanwhile. Tables are Letta's own, by name.
 */
export type Change =
  | { kind: 'update'; table: string; key: ColumnValues; was: ColumnValues; set: ColumnValues }
  | { kind: 'insert'; table: string; row: ColumnValues }
  /** `row`: all its columns. */
  | { kind: 'delete'; table: string; row: ColumnValues }
  /** `was` and `next`: the value that the next call of nextval gives. */
  | { kind: 'set sequence'; sequence: string; was: string; next: string };

/** The change that takes this one back. */
export function inverse(change: Change): Change {
  switch (change.kind) {
    case 'update':
      return { ...change, was: change.set, set: change.was, key: { ...change.key, ...onlyOf(change.set, change.key) } };
    case 'insert':
      return { kind: 'delete', table: change.table, row: change.row };
    case 'delete':
      return { kind: 'insert', table: change.table, row: change.row };
    case 'set sequence':
      return { ...change, was: change.next, next: change.was };
  }
}

/** A key column that is changed itself has the new value afterwards. */
function onlyOf(values: ColumnValues, key: ColumnValues): ColumnValues {
  return Object.fromEntries(Object.entries(values).filter(([column]) => column in key));
}
