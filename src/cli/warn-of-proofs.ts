import type { BoundProof, Unbound } from '../drill/bind-proofs.ts';
import type { Standing } from '../drill/proof-state.ts';
import { endWords } from '../drill/report/proof-words.ts';
import { formatAge, formatCountOf, formatDuration, formatTime } from '../report/format.ts';
import type { Warning } from '../report/progress.ts';
import type { Proven, SoundSnapshot } from './read-proven.ts';

const partial = true;
/** Snapshots whose drill proved nothing that are named one by one. */
const named = 5;

/** What is not well with one source: a drill that failed, no proof or an old one, an old backup. Pure. */
export function standingWarnings(
  { name, state, proven, drill, failed, failedSnapshots, newest }: Standing<SoundSnapshot>,
  { now, maxAge }: { now: Date; maxAge: { proof: number; backup: number } },
): Warning[] {
  const age = (time: string) => now.getTime() - Date.parse(time);
  const found: Warning[] = [];
  if (failed)
    found.push({
      code: 'drill-failed',
      message: `The newest drill of ${failed === drill ? name : `the newest drilled snapshot of ${name}`} ${endWords(failed)} ${formatAge(failed.time, now)}, on snapshot ${failed.snapshot.id}: ${failed.failure?.message ?? 'it gave no reason.'}`,
      partial,
    });
  const others = failedSnapshots.filter((proof) => proof !== failed).toReversed();
  for (const proof of others.slice(0, named))
    found.push({
      code: 'snapshot-drill-failed',
      message: `The newest drill of snapshot ${proof.snapshot.id} of ${name} ${endWords(proof)} ${formatAge(proof.time, now)}: ${proof.failure?.message ?? 'it gave no reason.'}`,
      partial,
    });
  if (others.length > named)
    found.push({
      code: 'snapshot-drill-failed',
      message: `Not proven by the newest drill: ${formatCountOf(others.length - named, 'more snapshot')} of ${name}.`,
      partial,
    });
  if (state === 'never')
    found.push({ code: 'never-proven', message: `No snapshot of ${name} was restored and proven by a drill.`, partial });
  if (state === 'stale' && proven)
    found.push({
      code: 'proof-stale',
      message: `The last proven restore of ${name} was ${formatAge(proven.time, now)}, more than ${formatDuration(maxAge.proof / 1000)}.`,
      partial,
    });
  if (age(newest.manifest.time) > maxAge.backup)
    found.push({
      code: 'backup-old',
      message: `The last backup of ${name} was taken ${formatAge(newest.manifest.time, now)}, more than ${formatDuration(maxAge.backup / 1000)}.`,
      partial,
    });
  return found;
}

const reasons: Record<Unbound, (proof: BoundProof['proof']) => string> = {
  'snapshot-gone': ({ snapshot }) => `snapshot ${snapshot.id} cannot be read or is not in the vault any more`,
  'snapshot-differs': ({ snapshot }) => `the manifest of snapshot ${snapshot.id} is not the one that was drilled`,
  'in-future': ({ time }) => `it says that it was made in the future (${formatTime(time)}): a clock was or is wrong`,
};

/** Proofs that do not count. One whose snapshot is gone is in order; damage, forgery and other manifests are not. Pure. */
export function proofWarnings({ listed, bound }: Proven): Warning[] {
  return [
    ...listed.flatMap((each) =>
      'error' in each ? [{ code: each.error.code, message: `${each.error.message} It proves nothing.`, partial }] : [],
    ),
    ...bound.flatMap(({ proof, unbound }) =>
      unbound === null || proof.outcome === 'failed'
        ? []
        : [
            {
              code: `proof-${unbound}`,
              message: `Proof ${proof.id} does not count: ${reasons[unbound](proof)}.`,
              partial: unbound !== 'snapshot-gone',
            },
          ],
    ),
  ];
}
