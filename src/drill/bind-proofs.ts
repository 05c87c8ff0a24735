import type { Proof } from './proof.ts';

/** A sound snapshot of the vault, as far as proofs are concerned. */
export interface ProvableSnapshot {
  id: string;
  /** File name of its manifest. */
  file: string;
  /** `manifestHash` of that file as it lies there now. */
  hash: string | null;
  source: ProofSource;
}

/** What tells two sources apart. */
export interface ProofSource {
  systemIdentifier: string;
  database: string;
}

/** Why a drill that went well proves nothing about this vault. */
export type Unbound = 'snapshot-gone' | 'snapshot-differs' | 'in-future';

export interface BoundProof {
  proof: Proof;
  /** Null: it counts. */
  unbound: Unbound | null;
}

/** Milliseconds. Clocks differ by a little; beyond this a time is wrong. */
export const clockTolerance = 5 * 60 * 1000;

/**
 * Ties proofs to the snapshots that are there: one whose manifest is gone, or is not the file any more that was drilled,
 * is no proof of anything. A time in the future would never grow old. Pure.
 */
export function bindProofs(proofs: readonly Proof[], snapshots: readonly ProvableSnapshot[], now: Date): BoundProof[] {
  const byFile = new Map(snapshots.map((snapshot) => [snapshot.file, snapshot]));
  return proofs.map((proof) => {
    // First of all: by its time a proof outranks others even when its snapshot is gone.
    if (Date.parse(proof.time) > now.getTime() + clockTolerance) return { proof, unbound: 'in-future' };
    const snapshot = byFile.get(proof.snapshot.file);
    if (snapshot === undefined || snapshot.id !== proof.snapshot.id) return { proof, unbound: 'snapshot-gone' };
    return { proof, unbound: snapshot.hash === proof.snapshot.manifestHash ? null : 'snapshot-differs' };
  });
}
