import type { Session } from '../postgres/database.ts';
import { sqlState } from '../postgres/sql-state.ts';
import { LifeboatError } from '../report/errors.ts';
import type { DatabaseModel } from '../schema/model.ts';
import type { Change } from '../verify/change.ts';
import { type AppliedChange, describeChange, type SequenceState } from './applied-change.ts';
import { changeRow } from './change-rows.ts';
import { moveSequence } from './move-sequence.ts';
import { refuseDependents } from './refuse-dependents.ts';
import { readStoredTable, refuseTriggers, type StoredTable } from './stored-table.ts';

/** The database that changes are made to, within the caller's transaction. */
export interface ChangeTarget {
  session: Session;
  /** Schema of Letta's tables. */
  home: string;
  model: DatabaseModel;
}

/**
 * Makes changes, one after the other, each exactly or not at all. @returns them as they were made
 * @throws LifeboatError row-changed (nothing is then to be committed), change-refused, permission-denied
 */
export async function applyChanges(
  target: ChangeTarget,
  changes: readonly (Change | AppliedChange)[],
  /** Told how many are made. */
  made: (count: number) => void = () => {},
): Promise<AppliedChange[]> {
  const { session, home } = target;
  const tables = new Map<string, StoredTable>();
  const applied: AppliedChange[] = [];
  for (const change of changes) {
    try {
      if (change.kind === 'set sequence' || change.kind === 'move sequence') {
        made(applied.push(await applyMove(target, change)));
        continue;
      }
      const known = tables.get(change.table);
      const table = known ?? (await readStoredTable(session, home, change.table));
      if (!known) await refuseTriggers(session, table);
      tables.set(change.table, table);
      if (change.kind === 'delete') await refuseDependents(session, target, table, change.row);
      made(applied.push(await changeRow(session, table, change)));
    } catch (error) {
      throw explain(error, change);
    }
  }
  // What is checked at COMMIT only would otherwise fail behind the undo record.
  await session.query('set constraints all immediate');
  return applied;
}

function applyMove(target: ChangeTarget, change: Extract<Change | AppliedChange, { sequence: string }>): Promise<AppliedChange> {
  if (change.kind === 'set sequence')
    return moveSequence(target.session, target, change.sequence, ({ next }) => next === change.was, {
      lastValue: change.next,
      isCalled: false,
    });
  return moveSequence(target.session, target, change.sequence, (state) => sameState(state, change.was), change.next);
}

export function sameState(a: SequenceState, b: SequenceState): boolean {
  return a.lastValue === b.lastValue && a.isCalled === b.isCalled;
}

/** What PostgreSQL says about a row names the row here. */
function explain(error: unknown, change: Change | AppliedChange): unknown {
  if (!(error instanceof LifeboatError) || error.code !== 'database-error') return error;
  const row = describeChange(change);
  // serialization_failure, deadlock_detected, lock_not_available: somebody else writes there.
  if (['40001', '40P01', '55P03'].includes(sqlState(error) ?? ''))
    return new LifeboatError('row-changed', { row, reason: 'somebody else is changing it right now' }, { cause: error });
  return new LifeboatError('change-refused', { row, reason: String(error.facts.reason) }, { cause: error });
}
