import type { Proof } from '../../drill/proof.ts';
import { isMoved, lossWords, lostRows } from '../../drill/report/proof-words.ts';
import { isUnfinished } from '../../drill/unfinished.ts';
import type { LifeboatError } from '../../report/errors.ts';
import { formatBytes, formatCount, formatCountOf, formatTime } from '../../report/format.ts';
import type { Fact, Fields, TableView } from '../../report/output.ts';
import { releaseText } from '../../restore/plan.ts';
import type { Manifest } from '../../vault/manifest.ts';
import type { SnapshotRef } from '../../vault/vault.ts';

/** A snapshot in a list: its manifest, or why that cannot be read. */
export type ListedSnapshot = { ref: SnapshotRef; manifest: Manifest } | { ref: SnapshotRef; error: LifeboatError };

/** What the newest drill of a snapshot says; null: there is none that counts. */
type Drilled = Proof | null;

export function snapshotFields(manifest: Manifest, drilled: Drilled): Fields {
  const { totals, letta, source } = manifest;
  return {
    snapshot: manifest.id,
    time: manifest.time,
    source: source.database,
    server: source.systemIdentifier,
    postgres: source.postgres,
    release: letta.releases.at(-1) ?? null,
    releases: letta.releases,
    revision: letta.revision,
    agents: totals.agents,
    tables: totals.tables,
    rows: totals.rows,
    bytes: totals.bytes,
    newBytes: totals.newBytes,
    warnings: manifest.warnings.length,
    ...provenFields(drilled),
    contentId: manifest.contentId,
    tags: manifest.tags,
    error: null,
  };
}

function provenFields(drilled: Drilled): Fields {
  const drill = drilled && {
    proof: drilled.id,
    time: drilled.time,
    postgres: drilled.target.postgres,
    release: drilled.target.release,
    dropped: lostRows(drilled, 'dropped'),
    setAside: lostRows(drilled, 'set aside'),
  };
  return { proven: drilled?.outcome === 'proven' ? drill : null, drillFailed: drilled?.outcome === 'failed' ? drill : null };
}

/** `2026-11-21 06:00:02 UTC`, with the release where it is another and what was lost there; `not proven`, `DRILL FAILED` or `DRILL NOT FINISHED`. */
export function provenText(drilled: Drilled): string {
  if (drilled === null) return 'not proven';
  if (drilled.outcome === 'failed') return `DRILL ${isUnfinished(drilled) ? 'NOT FINISHED' : 'FAILED'} ${formatTime(drilled.time)}`;
  const release = isMoved(drilled) ? `, at ${drilled.target.release ?? drilled.target.revision}` : '';
  const losses = lossWords(drilled);
  return `${formatTime(drilled.time)}${release}${losses === '' ? '' : ` ${losses}`}`;
}

/** A snapshot of which only the file's name could be read. */
export function unreadableFields(ref: SnapshotRef, error: LifeboatError): Fields {
  const unknown = Object.fromEntries(
    ['source', 'server', 'postgres', 'release', 'releases', 'revision', 'agents', 'tables', 'rows', 'bytes', 'newBytes', 'warnings'].map(
      (name) => [name, null],
    ),
  );
  return {
    snapshot: ref.id,
    time: ref.time.toISOString(),
    ...unknown,
    ...provenFields(null),
    contentId: null,
    tags: [],
    error: { code: error.code, message: error.message },
  };
}

const toTheMinute = (text: string): string => text.replace(/( \d\d:\d\d):\d\d UTC/, '$1');
const toTheDay = (text: string): string => text.replace(/ \d\d:\d\d:\d\d UTC/, '');

export function snapshotTable(snapshots: readonly ListedSnapshot[], drilledOf: (file: string) => Drilled): TableView {
  return {
    type: 'snapshot',
    columns: [
      { title: 'snapshot', whole: true },
      { title: 'time', short: { title: 'time (UTC)', cell: toTheMinute } },
      { title: 'source' },
      { title: 'release', spare: 7 },
      { title: 'revision', spare: 2 },
      { title: 'agents', align: 'right', spare: 5 },
      { title: 'rows', align: 'right', spare: 4 },
      { title: 'size', align: 'right', spare: 3 },
      { title: 'new', align: 'right', spare: 1 },
      { title: 'warnings', align: 'right', spare: 6 },
      { title: 'proven', short: { title: 'proven', cell: toTheDay } },
    ],
    rows: snapshots.map((listed) => {
      if ('error' in listed) {
        const { ref, error } = listed;
        const newer = error.code === 'format-newer';
        return {
          cells: [ref.id, formatTime(ref.time), newer ? 'of a newer Lifeboat' : 'DAMAGED', ...Array(8).fill('')],
          fields: unreadableFields(ref, error),
          tone: newer ? 'warning' : 'bad',
        };
      }
      const { manifest } = listed;
      const drilled = drilledOf(listed.ref.file);
      const { totals, letta } = manifest;
      return {
        cells: [
          manifest.id,
          formatTime(manifest.time),
          manifest.source.database,
          releaseText(manifest),
          letta.revision ?? 'none',
          formatCount(totals.agents),
          formatCount(totals.rows),
          formatBytes(totals.bytes),
          formatBytes(totals.newBytes),
          formatCount(manifest.warnings.length),
          provenText(drilled),
        ],
        fields: snapshotFields(manifest, drilled),
        ...(drilled?.outcome === 'failed' && { tone: 'bad' as const }),
      };
    }),
    empty: 'No snapshots yet.',
  };
}

/** What a snapshot holds, as lines. */
export function snapshotFacts(manifest: Manifest): Fact[] {
  const { totals, letta, source } = manifest;
  return [
    ['time', formatTime(manifest.time)],
    ['database', `${source.database}, PostgreSQL ${source.postgres}, tables in schema ${source.home}`],
    ['release', `${releaseText(manifest)} (revision ${letta.revision ?? 'none'})`],
    [
      'content',
      `${formatCountOf(totals.tables, 'table')}, ${formatCountOf(totals.rows, 'row')}, ${formatCountOf(totals.agents, 'agent')}, ${formatBytes(totals.bytes)}`,
    ],
    ['new in vault', formatBytes(totals.newBytes)],
    ['content id', manifest.contentId],
    ...(manifest.tags.length > 0 ? [['tags', manifest.tags.join(', ')] as const] : []),
  ];
}
