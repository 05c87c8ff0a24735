import { type Change, type ColumnValues, inverse } from '../verify/change.ts';

/** Where a sequence stands, exactly. `lastValue` is a decimal string of 64 bits. */
export interface SequenceState {
  lastValue: string;
  isCalled: boolean;
}

/**
 * A change as it was made: what `Change` asks for, with everything that the database had and has in its place. All columns
 * of rows that came or went, and a sequence's exact state, so that taking it back leaves nothing different.
 */
export type AppliedChange =
  | Exclude<Change, { kind: 'set sequence' }>
  | { kind: 'move sequence'; sequence: string; was: SequenceState; next: SequenceState };

/** What takes changes back, in the order in which that is to be done. Pure. */
export function takenBack(changes: readonly AppliedChange[]): AppliedChange[] {
  return changes.toReversed().map((change) => {
    if (change.kind === 'move sequence') return { ...change, was: change.next, next: change.was };
    return inverse(change) as Exclude<Change, { kind: 'set sequence' }>;
  });
}

/** A row for messages: table and key, never another value. Pure. */
export function describeChange(change: Change | AppliedChange): string {
  if (change.kind === 'set sequence' || change.kind === 'move sequence') return `sequence ${change.sequence}`;
  return describeRow(change.table, change.kind === 'update' ? change.key : change.row);
}

/** Columns that name a row, where a whole row is known. */
const naming = /^(?:id|.+_id|label|tag|key|version_num)$/;

function describeRow(table: string, values: ColumnValues): string {
  const named = Object.entries(values).filter(([column]) => naming.test(column));
  const own = named.filter(([column]) => column === 'id');
  const words = (own.length > 0 ? own : named).slice(0, 4).map(([column, value]) => `${column} ${value ?? 'null'}`);
  return `${table} (${words.join(', ') || 'a row without an id'})`;
}
