import { LifeboatError } from '../report/errors.ts';
import type { Vault } from '../vault/vault.ts';
import { identityDifferences } from './repair-target.ts';
import { parseUndoRecord, type UndoRecord } from './undo-record.ts';

/**
 * The undo that took a record back and is in force: committed, and not taken back itself. Rows may have changed since, so
 * only the records know. null: there is none, or the server does not know its transaction any more.
 */
export async function takenBackBy(
  vault: Vault,
  record: UndoRecord,
  isCommitted: (undo: UndoRecord) => Promise<boolean>,
): Promise<UndoRecord | null> {
  const undos = (await readable(vault)).filter(({ database }) => identityDifferences(record.database, database).length === 0);
  // Whoever writes records chooses what they say they undo: a ring of them must end.
  const inForce = async (undoes: string, seen: ReadonlySet<string>): Promise<UndoRecord | null> => {
    for (const undo of undos.filter((each) => each.undoes === undoes && !seen.has(each.id)))
      if ((await isCommitted(undo)) && (await inForce(undo.id, new Set([...seen, undo.id]))) === null) return undo;
    return null;
  };
  return await inForce(record.id, new Set([record.id]));
}

/** One that is damaged, forged or of a newer Lifeboat says nothing, and does not stand in the way of the others. */
async function readable(vault: Vault): Promise<UndoRecord[]> {
  const records: UndoRecord[] = [];
  for (const ref of await vault.listRecords('undo')) {
    try {
      records.push(parseUndoRecord(await vault.readRecord(ref), ref));
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
    }
  }
  return records;
}
