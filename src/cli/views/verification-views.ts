import type { Database } from '../../postgres/database.ts';
import { formatBytes, formatCount, formatCountOf, formatDuration, shellWord } from '../../report/format.ts';
import type { Fact, SummaryView, TableRow, TableView, Tone } from '../../report/output.ts';
import type { TableDifference } from '../../verify/compare-content.ts';
import type { DatabaseVerification } from '../../verify/verify-database.ts';
import type { SnapshotFinding, SnapshotVerification } from '../../verify/verify-snapshot.ts';
import { findingCounts, forPrograms } from './finding-view.ts';

/** Rows per table that people are shown; JSON has all that were found. */
const rowsShown = 20;

export function snapshotFindingTable(findings: readonly SnapshotFinding[]): TableView {
  return {
    type: 'finding',
    columns: [{ title: 'where' }, { title: 'finding' }, { title: 'object' }],
    rows: findings.map((finding) => ({
      cells: [finding.where, `${finding.message} (${finding.code})`, finding.object ?? ''],
      fields: { ...finding, severity: 'error' },
      tone: 'bad',
    })),
    forPeople: [...Map.groupBy(findings, ({ object, code, message }) => JSON.stringify([object, code, message])).values()].map(damageRow),
    empty: 'No findings.',
  };
}

/** Tables of one damaged object that people are shown. */
const tablesShown = 5;

/** One damaged object can hold many tables: it is one damage. */
function damageRow(alike: readonly SnapshotFinding[]): TableRow {
  const [first] = alike;
  if (first === undefined) return { cells: [] };
  const places = [...new Set(alike.map(({ where }) => where))];
  const more = places.length > tablesShown ? `, and ${formatCount(places.length - tablesShown)} more` : '';
  return {
    cells: [places.length === 1 ? first.where : formatCountOf(places.length, 'place'), first.code, first.object ?? ''],
    below: [
      first.message,
      ...(places.length === 1 ? [] : [`${formatCount(places.length)} concerned: ${places.slice(0, tablesShown).join(', ')}${more}`]),
    ],
    tone: 'bad',
  };
}

/** One line per row that differs; for programs, one per table. */
export function differenceTable(differences: readonly TableDifference[]): TableView {
  return {
    type: 'difference',
    columns: [{ title: 'table' }, { title: 'expected', align: 'right' }, { title: 'found', align: 'right' }, { title: 'difference' }],
    rows: differences.map((difference) => ({
      cells: [difference.table, formatCount(difference.rowsExpected), formatCount(difference.rowsActual), differenceText(difference)],
      fields: { ...difference },
      tone: 'bad',
    })),
    empty: 'No differences.',
  };
}

function differenceText({ reason, rows, sampled }: TableDifference): string {
  if (rows.length === 0) return reason === 'content' ? 'other content' : reason;
  const shown = rows
    .slice(0, rowsShown)
    .map(({ kind, row, columns }) => `${kind} ${row}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`);
  const more =
    rows.length > shown.length ? [`and ${sampled ? 'at least ' : ''}${formatCountOf(rows.length - shown.length, 'row')} more`] : [];
  return [...shown, ...more].join('; ');
}

export function snapshotSummary(result: SnapshotVerification, opening: string, seconds: number): SummaryView {
  const { manifest, intact, objects, rows, bytes, findings } = result;
  return {
    fields: { snapshot: manifest.id, contentId: manifest.contentId, intact, objects, rows, bytes, seconds, findings },
    tone: intact ? 'good' : 'bad',
    title: intact
      ? `Snapshot ${manifest.id} is intact: every byte was read back.`
      : `Snapshot ${manifest.id} is DAMAGED: ${formatCountOf(findings.length, 'finding')}.`,
    facts: [
      ['read', `${formatCountOf(objects, 'object')}, ${formatCountOf(rows, 'row')}, ${formatBytes(bytes)} in ${formatDuration(seconds)}`],
      ['content id', intact ? `${manifest.contentId}, computed anew and the same` : manifest.contentId],
    ],
    next: [
      ...(intact
        ? [`lifeboat restore ${manifest.id} ${opening} --to DB --dry-run`]
        : [
            `lifeboat backup DB ${opening}   # stores what is damaged anew, where the database still has those rows`,
            `lifeboat list ${opening}   # other snapshots may be whole`,
          ]),
    ],
  };
}

export function databaseSummary(
  result: DatabaseVerification,
  options: {
    database: Pick<Database, 'label'>;
    snapshot: string | null;
    /** Words that open the vault. */
    opening: string;
    tone: Tone;
    seconds: number;
  },
): SummaryView {
  const { database, snapshot, opening, tone, seconds } = options;
  const { revision, releases, home, tables, findings, runs, queries, comparison, warnings, unfinished } = result;
  const facts: Fact[] = [
    ...(unfinished
      ? [['checks', 'none: what they would find here comes of the restore that did not end'] as const]
      : ([
          ['release', `${releases.join(', ') || 'unknown'} (revision ${revision ?? 'none'})`],
          ['schema', `${home}, ${formatCountOf(tables ?? 0, 'table')}`],
          ['checks', formatCount(runs.length)],
        ] as const)),
    ['findings', findingCounts(findings)],
    ...(queries.length === 0 ? [] : [['queries', queries.map(queryText).join(', ')] as const]),
  ];
  if (comparison)
    facts.push([
      'compared',
      `${formatCountOf(comparison.rows, 'row')}, ${formatBytes(comparison.bytes)} with snapshot ${snapshot}: ${comparison.equal ? 'equal' : `${formatCountOf(comparison.differences.length, 'table')} with differences`}`,
    ]);
  return {
    fields: {
      database: database.label,
      revision,
      releases,
      home,
      tables,
      findings: findings.map(forPrograms),
      checks: runs,
      queries,
      ...(comparison && {
        snapshot,
        equal: comparison.equal,
        rows: comparison.rows,
        bytes: comparison.bytes,
        differences: comparison.differences.map(({ table, reason }) => ({ table, reason })),
      }),
      warnings,
      seconds,
    },
    tone,
    title: `${database.label}: ${unfinished ? 'UNFINISHED, and of no use as it is.' : titles[tone]}`,
    facts: [...facts, ['time', formatDuration(seconds)]],
    warnings,
    next: nextOf(result, shellWord(database.label), opening),
  };
}

/** What a snapshot's id looks like; a mark is a comment that anybody may have written. */
const snapshotId = /^[0-9a-f]{16}$/;

/** @param database as a shell takes it */
function nextOf({ findings, unfinished }: DatabaseVerification, database: string, opening: string): string[] {
  if (unfinished?.drill) return [];
  if (unfinished) {
    const snapshot = snapshotId.test(unfinished.snapshot) ? unfinished.snapshot : 'SNAPSHOT';
    return [`lifeboat restore ${snapshot} ${opening} --to ${database}   # or the upgrade that was cut off: either replaces it`];
  }
  if (!findings.some(({ changes }) => changes.length > 0)) return [];
  return [`lifeboat verify ${database} --repair ${opening}   # shows what it would change, and asks`];
}

/** `message page 3.1 ms`. */
const queryText = ({ name, milliseconds }: DatabaseVerification['queries'][number]): string =>
  `${name.replaceAll('-', ' ')} ${milliseconds.toFixed(1)} ms`;

const titles: Record<Tone, string> = { good: 'as it should be.', warning: 'usable, with warnings.', bad: 'NOT as it should be.' };
