import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import type { RecordRef, Vault } from '../vault/vault.ts';
import type { Proof } from './proof.ts';
import { proofHead, proofSchema } from './proof-schema.ts';

/** A proof in a vault, or why it cannot be read: then it proves nothing, and is shown. */
export type ListedProof = { ref: RecordRef; proof: Proof } | { ref: RecordRef; error: LifeboatError };

/**
 * Every proof of a vault, oldest first: signed, of the right form, and what it says of itself agrees with its name. One
 * that is damaged or forged does not hide the others.
 * @throws LifeboatError what makes all of them unreadable (writer-only …)
 */
export async function readProofs(vault: Pick<Vault, 'listRecords' | 'readRecord'>): Promise<ListedProof[]> {
  const proofs: ListedProof[] = [];
  for (const ref of await vault.listRecords('proof')) {
    try {
      proofs.push({ ref, proof: parseProof(await vault.readRecord(ref), ref) });
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.code === 'writer-only') throw error;
      proofs.push({ ref, error });
    }
  }
  return proofs;
}

/** @throws LifeboatError record-damaged | format-newer */
export function parseProof(value: unknown, ref: RecordRef): Proof {
  const damaged = (reason: string) => new LifeboatError('record-damaged', { record: `proofs/${ref.file}`, reason });
  const head = v.safeParse(proofHead, value);
  if (!head.success) throw damaged('it has no format');
  if (head.output.format > 1)
    throw new LifeboatError('format-newer', { what: `proof ${ref.file}`, reason: `format ${head.output.format}, known up to 1` });
  const result = v.safeParse(proofSchema, value);
  if (!result.success) throw damaged(`${v.getDotPath(result.issues[0]) ?? 'it'} is not as it should be`);
  return result.output;
}
