import type { BackupResult } from '../../backup/backup.ts';
import type { Database } from '../../postgres/database.ts';
import { formatCount, formatDuration } from '../../report/format.ts';
import type { PlanView, SummaryView, TableView, Tone } from '../../report/output.ts';
import type { Manifest } from '../../vault/manifest.ts';
import type { Vault } from '../../vault/vault.ts';
import { snapshotFacts } from './snapshot-facts.ts';

export function backupPlan(database: Database, vault: Vault, tags: string[]): PlanView {
  return {
    fields: { verb: 'backup', database: database.label, vault: vault.store.location, sealed: vault.sealed, tags },
    title: 'Back up',
    facts: [
      ['from', `${database.label} (read only, one consistent snapshot of all tables)`],
      ['to', `${vault.store.location} (${vault.sealed ? 'sealed' : 'NOT ENCRYPTED'})`],
    ],
    steps: [],
    notes: [],
    refusals: [],
  };
}

export function backupSummary(
  { manifest, seconds }: BackupResult,
  { database, vault, tone, opening }: { database: Database; vault: Vault; tone: Tone; opening: string },
): SummaryView {
  const { id, contentId, totals, warnings } = manifest;
  return {
    fields: { snapshot: id, contentId, rows: totals.rows, bytes: totals.bytes, newBytes: totals.newBytes, seconds, warnings },
    tone,
    title: `Snapshot ${id} of ${database.label}: done in ${formatDuration(seconds)}${tone === 'good' ? '' : ', with warnings'}.`,
    facts: snapshotFacts(manifest),
    timings: manifest.timings,
    warnings,
    next: [
      ...(vault.access === 'owner' ? [`lifeboat verify ${id} ${opening}`] : []),
      ...(manifest.sequence === 1 && vault.access === 'owner'
        ? [`lifeboat key kit ${opening} --to lifeboat-kit.txt   # keep it apart from the vault`]
        : []),
    ],
  };
}

/** A snapshot that another verb took on its way, in one line. */
export function backupTable({ id, time, totals, letta }: Manifest): TableView {
  return {
    type: 'snapshot-taken',
    columns: [{ title: 'snapshot' }, { title: 'release' }, { title: 'agents', align: 'right' }, { title: 'rows', align: 'right' }],
    rows: [
      {
        cells: [id, letta.releases.at(-1) ?? letta.revision ?? '', formatCount(totals.agents), formatCount(totals.rows)],
        fields: {
          snapshot: id,
          taken: time,
          releases: letta.releases,
          agents: totals.agents,
          rows: totals.rows,
          newBytes: totals.newBytes,
        },
      },
    ],
    empty: '',
  };
}
