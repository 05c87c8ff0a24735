import type { Proof } from '../../drill/proof.ts';
import type { Standing } from '../../drill/proof-state.ts';
import { lossWords, lostRows, releasesText } from '../../drill/report/proof-words.ts';
import { formatAge, formatCount, formatCountOf, formatDuration, formatTime, shellWord } from '../../report/format.ts';
import type { Fact, Fields, SummaryView } from '../../report/output.ts';
import { releaseText } from '../../restore/plan.ts';
import type { DatabaseState, StatusFacts, Verdict } from '../assess.ts';
import type { SoundSnapshot } from '../read-proven.ts';
import { vaultFacts } from './vault-facts.ts';

/** What is proven comes first, then the age of the last backup. */
export function statusSummary(facts: StatusFacts, verdict: Verdict, opening: string): SummaryView {
  const { vault, snapshots, proven, keys, locks, database, now } = facts;
  const { exit, leading, sources, newest, warnings } = verdict;
  const opens = keys.filter((key) => key.kind !== null).length;
  return {
    fields: {
      ...(leading
        ? standingFields(leading, now)
        : { provenState: 'never', lastProven: null, lastDrill: null, backupsSinceProven: null, failedSnapshots: [] }),
      lastBackup: newest && {
        snapshot: newest.id,
        time: newest.time,
        ageSeconds: ageSeconds(newest.time, now),
      },
      sources: sources.map((standing) => ({
        database: standing.source.database,
        server: standing.source.systemIdentifier,
        ...standingFields(standing, now),
        lastBackup: {
          snapshot: standing.newest.id,
          time: standing.newest.manifest.time,
          ageSeconds: ageSeconds(standing.newest.manifest.time, now),
        },
        snapshots: standing.snapshots,
      })),
      proofs: proven.listed.length,
      snapshots: snapshots.length,
      damaged: snapshots.flatMap((listed) => ('error' in listed && listed.error.code !== 'format-newer' ? [listed.ref.id] : [])),
      damagedProofs: proven.listed.flatMap((listed) => ('error' in listed && listed.error.code !== 'format-newer' ? [listed.ref.id] : [])),
      vault: vault.store.location,
      vaultId: vault.id,
      fingerprint: vault.fingerprint,
      sealed: vault.sealed,
      access: vault.access,
      keys: opens,
      keyOpens: true,
      locks,
      database: database && databaseFields(database),
      warnings,
    },
    tone: exit === 0 ? 'good' : exit === 3 ? 'warning' : 'bad',
    title: `last proven restore: ${leading ? provenTitle(leading, now) : 'never'}`,
    facts: [
      ...(leading ? drillFacts(leading, now) : []),
      [
        'last backup',
        newest === null
          ? 'never'
          : `${formatAge(newest.time, now)} (${formatTime(newest.time)}), snapshot ${newest.id}, Letta ${releaseText(newest)}`,
      ],
      ...(sources.length > 1 || leading === null
        ? sources.map((standing): Fact => [standing.source.database, `${standing.state}: ${provenTitle(standing, now)}`])
        : []),
      ['snapshots', `${formatCount(snapshots.length)}; ${formatCountOf(proven.listed.length, 'record')} of drills`],
      ...vaultFacts(vault),
      ['keys', `${formatCountOf(opens, 'key')}; the one given opens the vault${vault.access === 'writer' ? ' for adding only' : ''}`],
      ...(locks > 0 ? [['at work', formatCountOf(locks, 'lock')] as const] : []),
      ...(database ? [databaseFact(database)] : []),
    ],
    warnings,
    next: nextCommands(database, verdict, opening),
    essential: true,
  };
}

const ageSeconds = (time: string, now: Date): number => Math.round((now.getTime() - Date.parse(time)) / 1000);

/** `3 h 05 min ago, on PostgreSQL 15.18, 0.16.2 → 0.16.8, snapshot bc96fc731c3595de, took 12 s`, and `never` where nothing is proven. */
function provenTitle({ proven, drill, failed }: Standing, now: Date): string {
  const which = failed === drill ? 'the newest drill' : 'the newest drill of a newer snapshot';
  const but = failed ? `; ${which} FAILED ${formatAge(failed.time, now)}` : '';
  if (proven === null) return `never${but}`;
  const took = proven.recoveryTime === null ? '' : `, took ${formatDuration(proven.recoveryTime)}`;
  const losses = lossWords(proven);
  return `${formatAge(proven.time, now)}, on PostgreSQL ${proven.target.postgres}, ${releasesText(proven)}, snapshot ${proven.snapshot.id}${took}${losses === '' ? '' : `, ${losses}`}${but}`;
}

/** Of which source that is said, and what it does not cover. */
function drillFacts({ source, state, proven, since, failed }: Standing, now: Date): Fact[] {
  return [
    ...(state === 'never' ? [] : [['state', `${state} (${source.database})`] as const]),
    ...(proven && since !== null && since > 0
      ? [['since', `${formatCountOf(since, 'newer backup')}: the proven one was taken ${formatAge(proven.snapshot.time, now)}`] as const]
      : []),
    ...(failed
      ? [['failed', `${formatTime(failed.time)}, snapshot ${failed.snapshot.id}: ${failed.failure?.message ?? ''}`] as const]
      : []),
  ];
}

function standingFields({ state, proven, drill, since, failedSnapshots }: Standing<SoundSnapshot>, now: Date): Fields {
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

function nextCommands(database: DatabaseState | null, { leading, newest, warnings }: Verdict, opening: string): string[] {
  if (database && 'error' in database && database.error.code === 'switch-half-done')
    return [`lifeboat rollback ${shellWord(database.label)}`];
  const backupNeeded = newest === null || warnings.some(({ code }) => code === 'revision-changed' || code === 'backup-old');
  const backup = `lifeboat backup ${database === null ? 'DB' : shellWord(database.label)} ${opening}`;
  if (leading === null || leading.state === 'proven') return [backupNeeded ? backup : `lifeboat verify ${newest.id} ${opening}`];
  return backupNeeded ? [backup, `lifeboat drill latest ${opening}`] : [`lifeboat drill ${leading.newest.id} ${opening}`];
}

function databaseFact(database: DatabaseState): Fact {
  if ('error' in database) return ['database', `${database.label}: ${database.error.message}`];
  const { postgres, home, revisions } = database.glance;
  return ['database', `${database.label}: PostgreSQL ${postgres}, schema ${home}, revision ${revisions.join(', ') || 'none'}`];
}

function databaseFields(database: DatabaseState): Fields {
  const { label } = database;
  if ('error' in database)
    return { database: label, reachable: false, revision: null, error: { code: database.error.code, message: database.error.message } };
  const { revisions, postgres, home } = database.glance;
  return { database: label, reachable: true, revision: revisions.length === 1 ? revisions[0] : null, postgres, home, error: null };
}
