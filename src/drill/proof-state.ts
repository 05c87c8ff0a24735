import type { BoundProof, ProofSource, ProvableSnapshot } from './bind-proofs.ts';
import type { Proof } from './proof.ts';

/** Worst first. `stale`: the last proven restore is too old. */
export const proofStates = ['failed', 'never', 'stale', 'proven'] as const;
export type ProofState = (typeof proofStates)[number];

/** How one source stands. */
export interface Standing<S extends ProvableSnapshot = ProvableSnapshot> {
  source: ProofSource;
  /** What a person calls it: the database, and its server too where another server's has the same name. */
  name: string;
  state: ProofState;
  /** The newest drill that went well and counts. */
  proven: Proof | null;
  /** The newest drill, however it ended. */
  drill: Proof | null;
  /** The drill that makes the state failed: the newest one, or the newest of the newest snapshot that was drilled. */
  failed: Proof | null;
  /** Failed drills that no other drill of their own snapshot made good, of snapshots that are there; oldest snapshot first. */
  failedSnapshots: Proof[];
  /** The newest sound snapshot. */
  newest: S;
  snapshots: number;
  /** Snapshots that are newer than the proven one; null without one. */
  since: number | null;
}

/**
 * The sources of these snapshots, the worst first. A drill that failed is not hidden by anything but a newer one that
 * went well: not by a newer backup, nor by its snapshot being gone. Where it was the newest snapshot that was drilled,
 * only by one of the same or a newer snapshot: an older one that comes back is no answer. Pure. `snapshots`: oldest
 * first; `maxAge`: of a proof in milliseconds.
 */
export function standings<S extends ProvableSnapshot>(
  snapshots: readonly S[],
  proofs: readonly BoundProof[],
  { now, maxAge }: { now: Date; maxAge: number },
): Standing<S>[] {
  const bySource = Map.groupBy(snapshots, ({ source }) => keyOf(source));
  const found = [...bySource.values()].flatMap((own) => {
    const newest = own.at(-1);
    return newest === undefined ? [] : [standingOf(own, newest, proofs, { now, maxAge })];
  });
  const namesakes = Map.groupBy(found, ({ source }) => source.database);
  for (const standing of found) {
    const { database, systemIdentifier } = standing.source;
    if ((namesakes.get(database)?.length ?? 0) > 1) standing.name = `${database} (server ${systemIdentifier || 'unknown'})`;
  }
  return found.toSorted((a, b) => proofStates.indexOf(a.state) - proofStates.indexOf(b.state));
}

function standingOf<S extends ProvableSnapshot>(
  snapshots: readonly S[],
  newest: S,
  proofs: readonly BoundProof[],
  { now, maxAge }: { now: Date; maxAge: number },
): Standing<S> {
  const own = proofs.filter(({ proof }) => keyOf(proof.source) === keyOf(newest.source)).toSorted(byTime);
  // A time in the future must not hide a failure of today.
  const drill = own.findLast(({ proof, unbound }) => proof.outcome === 'failed' || unbound !== 'in-future')?.proof ?? null;
  const proven = own.findLast(({ proof, unbound }) => proof.outcome === 'proven' && unbound === null)?.proof ?? null;
  const place = proven ? snapshots.findIndex(({ file }) => file === proven.snapshot.file) : -1;
  const byFile = Map.groupBy(own.filter(counts), ({ proof }) => proof.snapshot.file);
  const drilled = snapshots.flatMap(({ file }) => byFile.get(file)?.at(-1)?.proof ?? []);
  const failed = [drill, drilled.at(-1)].find((each) => each?.outcome === 'failed') ?? null;
  const state =
    failed !== null ? 'failed' : proven === null ? 'never' : now.getTime() - Date.parse(proven.time) > maxAge ? 'stale' : 'proven';
  return {
    source: newest.source,
    name: newest.source.database,
    state,
    proven,
    drill,
    failed,
    failedSnapshots: drilled.filter(({ outcome }) => outcome === 'failed'),
    newest,
    snapshots: snapshots.length,
    since: place < 0 ? null : snapshots.length - 1 - place,
  };
}

/** A failure counts, whatever became of its manifest or the clock. */
const counts = ({ proof, unbound }: BoundProof): boolean => proof.outcome === 'failed' || unbound === null;

/** What one snapshot's own drills say: the newest of them that is bound to it. Proven only if that one went well. */
export function proofOf(file: string, proofs: readonly BoundProof[]): Proof | null {
  const own = proofs.filter(({ proof, unbound }) => unbound === null && proof.snapshot.file === file);
  return own.toSorted(byTime).at(-1)?.proof ?? null;
}

/** Oldest first. */
function byTime(a: BoundProof, b: BoundProof): number {
  return Date.parse(a.proof.time) - Date.parse(b.proof.time) || (a.proof.id < b.proof.id ? -1 : 1);
}

const keyOf = ({ systemIdentifier, database }: ProofSource): string => JSON.stringify([systemIdentifier, database]);
