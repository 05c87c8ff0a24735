import type { Session } from '../postgres/database.ts';
import type { RowCut } from '../rows/cuts.ts';
import { decodeRows } from '../rows/decode-rows.ts';
import { readTable } from '../rows/read-table.ts';
import { shapeHash } from '../rows/shape.ts';
import type { TableEntry } from '../vault/manifest.ts';
import { readSegment } from '../vault/table-content.ts';
import type { Vault } from '../vault/vault.ts';
import type { Projection, TableComparison } from './compare-table.ts';
import { type RowDifference, RowTable, rowDifferences } from './row-table.ts';

export interface RowDifferences {
  rows: RowDifference[];
  /** True when there were more rows in differing segments than are held in memory: the list is a sample then. */
  sampled: boolean;
}

/**
 * Names the rows in the differing segments of both sides. Only those segments are decoded; of each row its key and a
 * digest per column are kept, so that memory does not grow with the width of rows.
 */
export async function findRowDifferences(
  session: Session,
  vault: Vault,
  entry: TableEntry,
  projection: Projection,
  comparison: TableComparison,
  cut: RowCut,
): Promise<RowDifferences> {
  const expected = new RowTable(projection.shape, entry.key);
  const hash = shapeHash(projection.shape);
  const fields = projection.shape.columns.length;
  for (const segment of comparison.missing) {
    if (expected.full) break;
    const chunks: Buffer[] = [];
    for await (const chunk of readSegment(vault, entry, segment, hash)) chunks.push(chunk);
    for (const row of decodeRows(chunks, fields)) expected.add(row);
  }

  const actual = new RowTable(projection.shape, entry.key);
  const wanted = new Set(comparison.extraRuns);
  let ordinal = 0;
  for await (const run of readTable(session, projection, cut)) {
    if (!wanted.has(ordinal++) || actual.full) continue;
    for (const row of decodeRows(run.chunks, fields)) actual.add(row);
  }
  return { rows: [...rowDifferences(projection.shape, expected, actual)], sampled: expected.full || actual.full };
}
