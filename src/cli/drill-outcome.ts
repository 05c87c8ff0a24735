import type { Proof } from '../drill/proof.ts';
import type { LifeboatError } from '../report/errors.ts';
import type { Tone } from '../report/output.ts';
import type { SnapshotRef } from '../vault/vault.ts';
import { outcome } from './outcome.ts';

/** A drill of one snapshot, or why there was none. */
export type Drilled = { ref: SnapshotRef; proof: Proof } | { ref: SnapshotRef; error: LifeboatError };

/** Not proven: 4. Proven, but with something in the data, on the way or in the place that a person should know: 3. Pure. */
export function drillOutcome(drilled: readonly Drilled[]): { exit: number; tone: Tone } {
  return outcome({
    differences: drilled.some((each) => 'error' in each || each.proof.outcome === 'failed'),
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
