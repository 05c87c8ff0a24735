import type { Database, Session } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { formatTime } from '../report/format.ts';
import type { Vault } from '../vault/vault.ts';
import { type AppliedChange, takenBack } from './applied-change.ts';
import { sameState } from './apply-changes.ts';
import { findRows } from './find-row.ts';
import { readSequence } from './move-sequence.ts';
import { identityOf } from './repair-target.ts';
import { readStoredTable } from './stored-table.ts';
import { takenBackBy } from './taken-back.ts';
import type { UndoRecord } from './undo-record.ts';

/**
 * Why there is nothing to take back, or null. A record is written before COMMIT, so it may tell of changes that never came
 * about: the server knows that of its transactions, and where it has forgotten, every row still is as it was before. That it
 * was taken back is known by the record of that, whatever was written since.
 */
export async function nothingToUndo(database: Database, vault: Vault, record: UndoRecord, signal: AbortSignal): Promise<string | null> {
  const session = await database.connect();
  const abort = () => session.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const status = await transactionStatus(session, record);
    if (status === 'aborted') return 'its changes were never made: the transaction was not committed';
    if (status === 'in progress') throw new LifeboatError('still-running', { id: record.id });
    const by = await takenBackBy(vault, record, async (undo) => (await transactionStatus(session, undo)) === 'committed');
    if (by !== null) return `${by.id} took it back already, ${formatTime(by.time)}`;
    for (const change of takenBack(record.changes)) if (!(await isDone(session, record.database.home, change))) return null;
    return status === 'committed'
      ? 'it was taken back already'
      : 'everything is as it was before: its changes were never made, or were taken back';
  } finally {
    signal.removeEventListener('abort', abort);
    await session.close();
  }
}

/** null: the server does not know any more, or its history is another one since (another timeline). */
async function transactionStatus(session: Session, { xid, database }: UndoRecord): Promise<string | null> {
  const { timeline } = await identityOf(session, database.home);
  if (timeline !== database.timeline) return null;
  const [row] = await session.query(
    `select case when $1::text::xid8 < pg_snapshot_xmax(pg_current_snapshot()) then pg_xact_status($1::text::xid8) end as status`,
    [xid],
  );
  return row?.status ?? null;
}

/** Whether what a change would do is so already. */
async function isDone(session: Session, home: string, change: AppliedChange): Promise<boolean> {
  if (change.kind === 'move sequence') return sameState(await readSequence(session, home, change.sequence), change.next);
  const table = await readStoredTable(session, home, change.table);
  const wanted = change.kind === 'update' ? { ...change.key, ...change.set } : change.row;
  const found = await findRows(session, table, wanted, false);
  return change.kind === 'delete' ? found.length === 0 : found.length === 1;
}
