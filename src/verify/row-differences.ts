import { createHash } from 'node:crypto';
import type { Session } from '../postgres/database.ts';
import type { RowCut } from '../rows/cuts.ts';
import { decodeRows } from '../rows/decode-rows.ts';
import { readTable } from '../rows/read-table.ts';
import { shapeHash, type TableShape } from '../rows/shape.ts';
import type { TableEntry } from '../vault/manifest.ts';
import { readSegment } from '../vault/table-content.ts';
import type { Vault } from '../vault/vault.ts';
import type { Projection, TableComparison } from './compare-table.ts';
import { readableKey } from './readable-key.ts';

/** One row that is not the same on both sides. `missing` and `extra` are said of the database, seen from the snapshot. */
export interface RowDifference {
  kind: 'missing' | 'extra' | 'changed';
  /** The row's key as text: `id=agent-…`, or its first columns where it has none. */
  row: string;
  /** For `changed`: the columns whose value differs. */
  columns: string[];
}

export interface RowDifferences {
  rows: RowDifference[];
  /** True when there were more rows in differing segments than are held in memory: the list is a sample then. */
  sampled: boolean;
}

/** Rows whose digests are held at once per side: about 100 bytes each. */
const rowLimit = 200_000;

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
  for (const segment of comparison.missing) {
    if (expected.full) break;
    const chunks: Buffer[] = [];
    for await (const chunk of readSegment(vault, entry, segment, hash)) chunks.push(chunk);
    expected.add(chunks);
  }

  const actual = new RowTable(projection.shape, entry.key);
  const wanted = new Set(comparison.extraRuns);
  let ordinal = 0;
  for await (const run of readTable(session, projection, cut)) {
    if (wanted.has(ordinal++) && !actual.full) actual.add(run.chunks);
  }
  return { rows: [...differences(projection.shape, expected, actual)], sampled: expected.full || actual.full };
}

function* differences(shape: TableShape, expected: RowTable, actual: RowTable): Generator<RowDifference> {
  for (const [key, row] of expected.rows) {
    const other = actual.rows.get(key);
    if (!other) yield { kind: 'missing', row: row.label, columns: [] };
    else if (other.digests !== row.digests)
      yield {
        kind: 'changed',
        row: row.label,
        columns: shape.columns.filter((_, index) => digestAt(row, index) !== digestAt(other, index)).map((column) => column.name),
      };
  }
  for (const [key, row] of actual.rows) if (!expected.rows.has(key)) yield { kind: 'extra', row: row.label, columns: [] };
}

interface HeldRow {
  label: string;
  /** 12 characters per column. */
  digests: string;
}

const digestWidth = 12;

function digestAt(row: HeldRow, column: number): string {
  return row.digests.slice(column * digestWidth, (column + 1) * digestWidth);
}

class RowTable {
  readonly rows = new Map<string, HeldRow>();
  readonly #shape: TableShape;
  readonly #key: number[];

  constructor(shape: TableShape, key: number[]) {
    this.#shape = shape;
    this.#key = key;
  }

  get full(): boolean {
    return this.rows.size >= rowLimit;
  }

  add(chunks: Buffer[]): void {
    for (const fields of decodeRows(chunks, this.#shape.columns.length)) {
      const digests = fields.map(digest).join('');
      const key =
        this.#key.length > 0 ? this.#key.map((index) => digests.slice(index * digestWidth, (index + 1) * digestWidth)).join('') : digests;
      const label = readableKey(this.#shape, this.#key.length > 0 ? this.#key : [0, 1, 2], fields);
      // Rows without a key can be there twice: count them apart, so that a lost duplicate is seen.
      let copy = 0;
      while (this.rows.has(`${key}/${copy}`)) copy++;
      this.rows.set(`${key}/${copy}`, { label, digests });
    }
  }
}

/** NULL has a digest that no value has. */
function digest(field: Buffer | null): string {
  return field === null ? '-'.repeat(digestWidth) : createHash('sha256').update(field).digest('base64').slice(0, digestWidth);
}
