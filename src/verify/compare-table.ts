import type { Session } from '../postgres/database.ts';
import type { BlockPool } from '../rows/block-pool.ts';
import type { RowCut } from '../rows/cuts.ts';
import { InTurn } from '../rows/in-turn.ts';
import type { RowOrder } from '../rows/order.ts';
import { type RowRun, readTable } from '../rows/read-table.ts';
import { shapeHash, type TableShape } from '../rows/shape.ts';
import type { SegmentEntry, TableEntry } from '../vault/manifest.ts';
import { segmentsOf } from '../vault/table-content.ts';
import type { Vault } from '../vault/vault.ts';

/** Runs that may be named while the next one is read. */
const aheadAtMost = 1;

/** Which segments of a table are alike on both sides. Equal means: the same names in the same order. */
export interface TableComparison {
  equal: boolean;
  rowsExpected: number;
  rowsActual: number;
  /** The snapshot's segments that the database does not have. */
  missing: SegmentEntry[];
  /** Ordinals of the database's runs that the snapshot does not have; a second reading of the table meets the same runs. */
  extraRuns: number[];
}

/** How a table is read back in exactly the form in which the snapshot holds it. */
export interface Projection {
  from: string;
  shape: TableShape;
  order: RowOrder;
}

/**
 * Reads a table back in the snapshot's shape, order and cuts, and compares keyed names: equality is identity. Nothing
 * of the snapshot's rows is read. Cuts depend on the rows alone, so equal rows are cut alike.
 */
export async function compareTable(
  session: Session,
  vault: Vault,
  entry: TableEntry,
  projection: Projection,
  cut: RowCut,
  onRun: (run: RowRun) => void,
  pool?: BlockPool,
): Promise<TableComparison> {
  const hash = shapeHash(projection.shape);
  const expected: SegmentEntry[] = [];
  for await (const segment of segmentsOf(vault, entry)) expected.push(segment);

  const actual: string[] = [];
  let rowsActual = 0;
  const named = new InTurn<string>(aheadAtMost, (name) => actual.push(name));
  try {
    for await (const run of readTable(session, projection, cut, pool)) {
      await named.add(nameOfRun(vault, run, hash).finally(run.release));
      rowsActual += run.rows;
      onRun(run);
    }
    await named.end();
  } finally {
    await named.settled();
  }

  const equal = expected.length === actual.length && expected.every((segment, index) => segment.name === actual[index]);
  const expectedNames = new Set(expected.map((segment) => segment.name));
  const actualNames = new Set(actual);
  return {
    equal,
    rowsExpected: entry.rows,
    rowsActual,
    missing: equal ? [] : expected.filter((segment) => !actualNames.has(segment.name)),
    extraRuns: equal ? [] : actual.flatMap((name, index) => (expectedNames.has(name) ? [] : [index])),
  };
}

/** The keyed name that a run of rows would have as a segment. */
export function nameOfRun(vault: Vault, run: RowRun, hash: Buffer): Promise<string> {
  return vault.nameSoon({ kind: 'segment', shapeHash: hash, rows: run.rows, size: run.bytes, open: () => run.chunks });
}
