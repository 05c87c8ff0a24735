import type { Proof } from '../../drill/proof.ts';
import type { Standing } from '../../drill/proof-state.ts';
import { endWords, lossWords, lostRows, releasesText } from '../../drill/report/proof-words.ts';
import { formatAge, formatCountOf, formatDuration } from '../../report/format.ts';
import type { Fact, Fields } from '../../report/output.ts';
import type { SoundSnapshot } from '../read-proven.ts';

export const ageSeconds = (time: string, now: Date): number => Math.round((now.getTime() - Date.parse(time)) / 1000);

/** What `status` leads with: a failed drill of this database before what was proven earlier. */
export function leadingTitle(standing: Standing, now: Date): string {
  return failedText(standing, now) ?? `last proven restore: ${provenText(standing, now)}`;
}

/** The same on one line, of a database among others. */
export function standingText(standing: Standing, now: Date): string {
  const failed = failedText(standing, now);
  return failed === null ? provenText(standing, now) : `${failed}; last proven restore: ${provenText(standing, now)}`;
}

/** `the newest drill failed 1.4 s ago (snapshot bc96fc731c3595de)`, or `could not be finished`; why it did is the warning's part. */
function failedText({ drill, failed }: Standing, now: Date): string | null {
  if (failed === null) return null;
  const which = failed === drill ? 'the newest drill' : 'the newest drill of the newest drilled snapshot';
  return `${which} ${endWords(failed)} ${formatAge(failed.time, now)} (snapshot ${failed.snapshot.id})`;
}

/** `3 h 05 min ago, on PostgreSQL 15.18, 0.16.2 → 0.16.8, snapshot bc96fc731c3595de, took 12 s`, and `never` where nothing is proven. */
function provenText({ proven }: Standing, now: Date): string {
  if (proven === null) return 'never';
  const took = proven.recoveryTime === null ? '' : `, took ${formatDuration(proven.recoveryTime)}`;
  const losses = lossWords(proven);
  return `${formatAge(proven.time, now)}, on PostgreSQL ${proven.target.postgres}, ${releasesText(proven)}, snapshot ${proven.snapshot.id}${took}${losses === '' ? '' : `, ${losses}`}`;
}

/** Of which source that is said, and what it does not cover. */
export function standingFacts(standing: Standing, now: Date): Fact[] {
  const { name, state, proven, since, failed } = standing;
  return [
    ...(failed === null ? [] : [['last proven', provenText(standing, now)] as const]),
    ...(state === 'never' ? [] : [['state', `${state} (${name})`] as const]),
    ...(proven && since !== null && since > 0
      ? [['since', `${formatCountOf(since, 'newer backup')}: the proven one was taken ${formatAge(proven.snapshot.time, now)}`] as const]
      : []),
  ];
}

/** For programs. */
export function standingFields({ state, proven, drill, since, failedSnapshots }: Standing<SoundSnapshot>, now: Date): Fields {
  return {
    provenState: state,
    lastProven: proven && { ...drillFields(proven, now), recoverySeconds: proven.recoveryTime },
    lastDrill: drill && { ...drillFields(drill, now), outcome: drill.outcome, failure: drill.failure },
    backupsSinceProven: since,
    failedSnapshots: failedSnapshots.map(({ snapshot }) => snapshot.id),
  };
}

function drillFields(proof: Proof, now: Date): Fields {
  const { id, time, snapshot, source, target } = proof;
  return {
    proof: id,
    snapshot: snapshot.id,
    time,
    ageSeconds: ageSeconds(time, now),
    postgres: target.postgres,
    on: target.kind,
    releases: { before: source.release, after: target.release },
    dropped: lostRows(proof, 'dropped'),
    setAside: lostRows(proof, 'set aside'),
  };
}
