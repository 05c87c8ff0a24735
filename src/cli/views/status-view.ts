import { formatAge, formatCount, formatCountOf, formatTime, shellWord } from '../../report/format.ts';
import { isDamage } from '../../report/is-damage.ts';
import type { Fact, Fields, SummaryView } from '../../report/output.ts';
import { releaseText } from '../../restore/plan.ts';
import type { DatabaseState, StatusFacts, Verdict } from '../assess.ts';
import { releaseFlag } from './drill-facts.ts';
import { ageSeconds, leadingTitle, standingFacts, standingFields, standingText } from './standing-view.ts';
import { vaultFacts } from './vault-facts.ts';

/** What is proven comes first, then the age of the last backup. */
export function statusSummary(facts: StatusFacts, verdict: Verdict, opening: string): SummaryView {
  const { vault, snapshots, proven, keys, locks, database, now } = facts;
  const { exit, leading, sources, newest, warnings } = verdict;
  // Which of the vault's databases it is cannot be said then: none of them leads.
  const lost = database && 'error' in database ? database.error : null;
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
    title: lost?.message ?? (leading ? leadingTitle(leading, now) : 'last proven restore: never'),
    facts: [
      ...(lost ? [['now', lost.next] as const] : leading ? standingFacts(leading, now) : []),
      [
        'last backup',
        newest === null
          ? 'never'
          : `${formatAge(newest.time, now)} (${formatTime(newest.time)}), snapshot ${newest.id}${lost ? ` of ${newest.source.database}` : ''}, Letta ${releaseText(newest)}`,
      ],
      ...(sources.length > 1 || leading === null || lost
        ? sources.map(
            (standing): Fact => [
              standing.name,
              standing.state === 'never' ? 'never proven' : `${standing.state}: ${standingText(standing, now)}`,
            ],
          )
        : []),
      ['snapshots', `${formatCount(snapshots.length)}; ${formatCountOf(proven.listed.length, 'record')} of drills`],
      ...vaultFacts(vault),
      ['keys', `${formatCountOf(opens, 'key')}; the one given opens the vault${vault.access === 'writer' ? ' for adding only' : ''}`],
      ...(locks > 0 ? [['at work', formatCountOf(locks, 'lock')] as const] : []),
      ...(database && 'glance' in database ? [databaseFact(database)] : []),
    ],
    warnings: warnings.filter(({ message }) => message !== lost?.message),
    next: nextCommands(database, verdict, opening, now),
    essential: true,
  };
}

function nextCommands(
  database: DatabaseState | null,
  { leading, newest, sources, warnings }: Verdict,
  opening: string,
  now: Date,
): string[] {
  if (database && 'error' in database) {
    const { label, name, error } = database;
    if (error.code === 'switch-half-done') return [`lifeboat rollback ${shellWord(label)}`];
    const lost = error.code === 'no-such-database' ? sources.filter(({ source }) => source.database === name) : [];
    return lost.map(
      (standing) =>
        `lifeboat restore ${standing.newest.id} --to ${shellWord(label)} ${opening}   # brings back what it was ${formatAge(standing.newest.manifest.time, now)}`,
    );
  }
  const backupNeeded = newest === null || warnings.some(({ code }) => code === 'revision-changed' || code === 'backup-old');
  const backup = `lifeboat backup ${database === null ? 'DB' : shellWord(database.label)} ${opening}`;
  if (leading === null || leading.state === 'proven') return [backupNeeded ? backup : `lifeboat verify ${newest.id} ${opening}`];
  const damaged = leading.failed && isDamage(leading.failed.failure?.code ?? '') ? leading.failed.snapshot.id : null;
  // The same drill would fail again; what else is damaged only a look at all its bytes tells.
  if (damaged !== null) return [`lifeboat verify ${damaged} ${opening}`, ...(backupNeeded ? [backup] : [])];
  // The drill that failed, or grew old, once more: to the same release.
  const drilled = leading.failed ?? leading.proven;
  const release = drilled?.snapshot.id === leading.newest.id ? releaseFlag(drilled) : '';
  return backupNeeded ? [backup, `lifeboat drill latest ${opening}`] : [`lifeboat drill ${leading.newest.id}${release} ${opening}`];
}

function databaseFact({ label, glance: { postgres, home, revisions } }: Extract<DatabaseState, { glance: unknown }>): Fact {
  return ['database', `${label}: PostgreSQL ${postgres}, schema ${home}, revision ${revisions.join(', ') || 'none'}`];
}

function databaseFields(database: DatabaseState): Fields {
  const { label } = database;
  if ('error' in database)
    return { database: label, reachable: false, revision: null, error: { code: database.error.code, message: database.error.message } };
  const { revisions, postgres, home } = database.glance;
  return { database: label, reachable: true, revision: revisions.length === 1 ? revisions[0] : null, postgres, home, error: null };
}
