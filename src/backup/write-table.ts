import type { Session } from '../postgres/database.ts';
import type { BlockPool } from '../rows/block-pool.ts';
import type { RowCut } from '../rows/cuts.ts';
import { InTurn } from '../rows/in-turn.ts';
import type { RowOrder } from '../rows/order.ts';
import { type RowRun, readTable } from '../rows/read-table.ts';
import { shapeHash, type TableShape } from '../rows/shape.ts';
import { type BundlePart, bundleBelow } from '../vault/bundle.ts';
import { paginate } from '../vault/index-pages.ts';
import type { SegmentEntry, TableEntry } from '../vault/manifest.ts';
import { jsonContent } from '../vault/table-content.ts';
import type { PlainContent, Vault } from '../vault/vault.ts';

/** What a written table leaves behind for the manifest: its entry, or the part of a bundle that is still to be made. */
export type WrittenTable = { kind: 'entry'; entry: TableEntry; segments: SegmentEntry[] } | { kind: 'part'; part: BundlePart };

/** Objects of a table that may be on their way into the vault while the next rows are read. */
const underWayAtMost = 3;
const noMore = () => {};

/** Counts as objects reach the vault; the backup's running totals. */
export interface WriteTally {
  rows(rows: number, bytes: number): void;
  stored(object: { name: string; stored: number; reused: boolean }): void;
}

/**
 * Reads one table in its total order and puts it into the vault as segments. A table that stays below the bundle's
 * limit is handed back whole instead, whatever the server thinks its size is: the decision depends on content only.
 */
export async function writeTable(
  session: Session,
  vault: Vault,
  table: { schema: string | null; name: string; from: string; shape: TableShape; order: RowOrder },
  cut: RowCut,
  tally: WriteTally,
  pool?: BlockPool,
): Promise<WrittenTable> {
  const hash = shapeHash(table.shape);
  const head = { schema: table.schema, name: table.name, shape: table.shape.columns, key: table.order.key };
  const segments: SegmentEntry[] = [];
  const underWay = new InTurn<SegmentEntry>(underWayAtMost, (segment) => segments.push(segment));
  let [rows, bytes] = [0, 0];
  let held: RowRun | null = null;
  let begun = false;

  const store = async (run: RowRun) => {
    begun = true;
    const taken = Promise.withResolvers<void>();
    const release = () => {
      run.release();
      taken.resolve();
    };
    const stored = vault.putObject(segmentContent(run, hash), release).then((object) => {
      tally.stored(object);
      return entryOf(run, object.name);
    });
    // Rows are read on once these are taken: they lie in memory till then. An object, which is much smaller, may be sealed
    // and stored meanwhile.
    await Promise.race([taken.promise, stored.then(noMore, noMore)]);
    await underWay.add(stored);
  };

  try {
    for await (const run of readTable(session, { from: table.from, shape: table.shape, order: table.order }, cut, pool)) {
      rows += run.rows;
      bytes += run.bytes;
      tally.rows(run.rows, run.bytes);
      if (held) {
        await store(held);
        held = null;
        await store(run);
      } else if (!begun && run.bytes < bundleBelow) held = keepApart(run);
      else await store(run);
    }
    await underWay.end();
  } finally {
    // Nothing of this table is written behind the caller's back.
    await underWay.settled();
  }

  if (held)
    return {
      kind: 'part',
      part: { table: { ...head, rows, bytes }, segment: entryOf(held, vault.nameOf(segmentContent(held, hash))), chunks: held.chunks },
    };
  if (segments.length === 0) return { kind: 'entry', entry: { ...head, rows, bytes, content: { kind: 'empty' } }, segments };
  const pages = [];
  for (const page of paginate(segments)) {
    const object = await vault.putObject(jsonContent('index', page));
    tally.stored(object);
    pages.push({ object: object.name, segments: page.length, rows: page.reduce((sum, entry) => sum + entry.rows, 0) });
  }
  return { kind: 'entry', entry: { ...head, rows, bytes, content: { kind: 'pages', pages } }, segments };
}

/** A run of rows as content of the vault. */
export function segmentContent(run: RowRun, hash: Buffer): PlainContent {
  return { kind: 'segment', shapeHash: hash, rows: run.rows, size: run.bytes, open: () => run.chunks };
}

/** A small run that waits for the end of its table does not keep whole blocks from being used again. */
function keepApart(run: RowRun): RowRun {
  const chunks = [Buffer.concat(run.chunks)];
  run.release();
  return { ...run, chunks, release: () => {} };
}

function entryOf(run: RowRun, name: string): SegmentEntry {
  return { name, rows: run.rows, bytes: run.bytes, first: run.firstKey.toString('base64'), last: run.lastKey.toString('base64') };
}
