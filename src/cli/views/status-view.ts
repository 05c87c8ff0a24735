import { formatAge, formatCount, formatCountOf, formatTime, shellWord } from '../../report/format.ts';
import type { Fact, Fields, SummaryView } from '../../report/output.ts';
import { releaseText } from '../../restore/plan.ts';
import type { DatabaseState, StatusFacts, Verdict } from '../assess.ts';
import { vaultFacts } from './vault-facts.ts';

/** What is proven comes first, then the age of the last backup. */
export function statusSummary(
  { vault, snapshots, keys, locks, database, now }: StatusFacts,
  { exit, newest, warnings }: Verdict,
  opening: string,
): SummaryView {
  const opens = keys.filter((key) => key.kind !== null).length;
  return {
    fields: {
      provenState: 'never',
      lastProven: null,
      lastBackup: newest && {
        snapshot: newest.id,
        time: newest.time,
        ageSeconds: Math.round((now.getTime() - Date.parse(newest.time)) / 1000),
      },
      snapshots: snapshots.length,
      damaged: snapshots.flatMap((listed) => ('error' in listed && listed.error.code !== 'format-newer' ? [listed.ref.id] : [])),
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
    title: 'last proven restore: never',
    facts: [
      [
        'last backup',
        newest === null
          ? 'never'
          : `${formatAge(newest.time, now)} (${formatTime(newest.time)}), snapshot ${newest.id}, Letta ${releaseText(newest)}`,
      ],
      ['snapshots', formatCount(snapshots.length)],
      ...vaultFacts(vault),
      ['keys', `${formatCountOf(opens, 'key')}; the one given opens the vault${vault.access === 'writer' ? ' for adding only' : ''}`],
      ...(locks > 0 ? [['at work', formatCountOf(locks, 'lock')] as const] : []),
      ...(database ? [databaseFact(database)] : []),
    ],
    warnings,
    next: [nextCommand(database, { exit, newest, warnings }, opening)],
    essential: true,
  };
}

function nextCommand(database: DatabaseState | null, { newest, warnings }: Verdict, opening: string): string {
  if (database && 'error' in database && database.error.code === 'switch-half-done')
    return `lifeboat rollback ${shellWord(database.label)}`;
  const outdated = warnings.some(({ code }) => code === 'revision-changed');
  if (newest === null || outdated) return `lifeboat backup ${database === null ? 'DB' : shellWord(database.label)} ${opening}`;
  return `lifeboat verify ${newest.id} ${opening}`;
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
