import type { Proof } from '../drill/proof.ts';
import { lostRows } from '../drill/report/proof-words.ts';
import type { LifeboatError } from '../report/errors.ts';
import type { Tone } from '../report/output.ts';
import type { SnapshotRef } from '../vault/vault.ts';
import { outcome } from './outcome.ts';

/** A drill of one snapshot, or why there was none. */
export type Drilled = { ref: SnapshotRef; proof: Proof } | { ref: SnapshotRef; error: LifeboatError };

/**
 * Not proven, or proven with losses (a drill accepts none; `restore --release` ends the same): 4. Proven, but with something in
 * the data, on the way or in the place that a person should know: 3. Pure.
 */
export function drillOutcome(drilled: readonly Drilled[]): { exit: number; tone: Tone } {
  return outcome({
    differences: drilled.some((each) => 'error' in each || each.proof.outcome === 'failed' || lostRows(each.proof, 'dropped') > 0),
    partial: drilled.some((each) => 'proof' in each && hasReservations(each.proof)),
  });
}

/** Whether a proven restore comes with anything that a person should know. */
export function hasReservations({ findings, warnings, losses }: Proof): boolean {
  return (
    findings.some(({ severity }) => severity !== 'note') ||
    warnings.some(({ partial }) => partial) ||
    losses.some((loss) => loss.class !== 'derived')
  );
}
