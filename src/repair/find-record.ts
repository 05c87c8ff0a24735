import { LifeboatError } from '../report/errors.ts';
import { formatTime } from '../report/format.ts';
import type { RecordRef, Vault } from '../vault/vault.ts';

/** Records that an error lists. */
const listed = 8;

/** The undo record that a person means: its id, a unique beginning of one, or its whole file name. @throws LifeboatError no-such-record | record-ambiguous */
export async function findUndoRecord(vault: Vault, text: string): Promise<RecordRef> {
  const refs = await vault.listRecords('undo');
  const found = refs.filter((ref) => ref.file === text || (text !== '' && ref.id.startsWith(text.toLowerCase())));
  const facts = { record: text, vault: vault.store.location };
  if (found.length > 1) throw new LifeboatError('record-ambiguous', { ...facts, records: describe(found) });
  const [ref] = found;
  if (!ref) throw new LifeboatError('no-such-record', { ...facts, records: describe(refs) });
  return ref;
}

function describe(refs: readonly RecordRef[]): string[] {
  if (refs.length === 0) return ['none yet'];
  const newest = refs.slice(-listed).map((ref) => `${ref.id} (${formatTime(ref.time)})`);
  return refs.length > listed ? [`${refs.length - listed} older ones`, ...newest] : newest;
}
