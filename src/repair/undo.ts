import { createHash } from 'node:crypto';
import type { Database } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import type { RecordRef, Vault } from '../vault/vault.ts';
import { type AppliedChange, takenBack } from './applied-change.ts';
import { makeChanges } from './make-changes.ts';
import { nothingToUndo } from './nothing-to-undo.ts';
import { identityDifferences, type RepairTarget } from './repair-target.ts';
import { parseUndoRecord, type UndoRecord } from './undo-record.ts';

/** Reads a record that is to be taken back. @throws LifeboatError record-damaged, record-forged, writer-only, format-newer */
export async function readUndoRecord(vault: Vault, ref: RecordRef): Promise<UndoRecord> {
  return parseUndoRecord(await vault.readRecord(ref), ref);
}

/** @throws LifeboatError other-database, when the record is about another one than this */
export function requireSameDatabase(record: UndoRecord, { identity }: RepairTarget, label: string): void {
  const different = identityDifferences(record.database, identity);
  if (different.length > 0) throw new LifeboatError('other-database', { database: label, reason: different.join(', ') });
}

/** @throws LifeboatError nothing-to-undo, still-running */
export async function requireUndoable(database: Database, vault: Vault, record: UndoRecord, signal: AbortSignal): Promise<void> {
  const reason = await nothingToUndo(database, vault, record, signal);
  if (reason !== null) throw new LifeboatError('nothing-to-undo', { id: record.id, reason });
}

/** What an undo would do: data, and the same id for the same record. */
export interface UndoPlan {
  id: string;
  record: UndoRecord;
  changes: AppliedChange[];
}

/** Pure. */
export function planUndo(record: UndoRecord): UndoPlan {
  const changes = takenBack(record.changes);
  return {
    id: createHash('sha256')
      .update(JSON.stringify([record.id, changes]))
      .digest('hex')
      .slice(0, 12),
    record,
    changes,
  };
}

/**
 * Takes back what a record holds, in one transaction: every row must be as the record left it. That is recorded too.
 * @throws LifeboatError row-changed, change-refused, nothing-to-undo, other-database, target-busy
 */
export async function undo(options: {
  database: Database;
  vault: Vault;
  plan: UndoPlan;
  whileInUse: boolean;
  tool: string;
  reporter: Reporter;
  signal: AbortSignal;
}): Promise<UndoRecord> {
  const { database, vault, plan, whileInUse, tool, reporter, signal } = options;
  const { record, changes } = plan;
  await requireUndoable(database, vault, record, signal);
  return await makeChanges({
    database,
    vault,
    identity: record.database,
    changes,
    whileInUse,
    about: { tool, command: 'undo', undoes: record.id, plan: plan.id, findings: record.findings },
    prove: async () => {},
    reporter,
    signal,
  });
}
