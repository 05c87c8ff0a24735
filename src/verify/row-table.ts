import { hash } from 'node:crypto';
import type { TableShape } from '../rows/shape.ts';
import { readableKey } from './readable-key.ts';

/** One row that is not the same on both sides. `missing` and `extra` are said of the database, seen from the snapshot. */
export interface RowDifference {
  kind: 'missing' | 'extra' | 'changed';
  /** The row's key as text: `id=agent-…`, or its first columns where it has none. */
  row: string;
  /** For `changed`: the columns whose value differs. */
  columns: string[];
}

/** Characters of a digest: 72 bits, enough to tell values apart that are known to lie in a place that differs. */
const digestWidth = 12;

interface HeldRow {
  label: string;
  /** 12 characters per column. */
  digests: string;
  /** Another row with the same key. */
  next: HeldRow | null;
}

/** How many rows of a shape are held at once per side, so that both sides take some 100 MB at most. */
export function heldRowLimit(shape: TableShape): number {
  return Math.min(100_000, Math.ceil(2_000_000 / Math.max(1, shape.columns.length)));
}

/** Rows of one side by their key, each as its label and a digest per column: memory does not grow with their width. */
export class RowTable {
  /** Rows with the same key are a list: without a key, equal rows can be there many times. */
  readonly rows = new Map<string, HeldRow>();
  readonly #shape: TableShape;
  readonly #key: readonly number[];
  #size = 0;

  /** @param key indexes of the columns that identify a row; empty = the whole row does */
  constructor(shape: TableShape, key: readonly number[]) {
    this.#shape = shape;
    this.#key = key;
  }

  get full(): boolean {
    return this.#size >= heldRowLimit(this.#shape);
  }

  /** Columns whose values make the label. */
  get labelled(): readonly number[] {
    return this.#key.length > 0 ? this.#key : [0, 1, 2];
  }

  add(fields: readonly (Buffer | null)[]): void {
    this.addDigests(fields.map(fieldDigest).join(''), fields);
  }

  /** The same for a row that was not held as a whole. @param values of the labelled columns: their beginnings will do */
  addDigests(digests: string, values: readonly (Buffer | null)[]): void {
    const key = this.#key.length > 0 ? this.#key.map((column) => digestAt(digests, column)).join('') : digests;
    const label = readableKey(this.#shape, this.labelled, values);
    this.rows.set(key, { label, digests, next: this.rows.get(key) ?? null });
    this.#size++;
  }
}

/** NULL has a digest that no value has. */
export function fieldDigest(field: Buffer | null): string {
  return field === null ? '-'.repeat(digestWidth) : shortDigest(hash('sha256', field, 'base64'));
}

/** The part of a base64 SHA-256 that stands for a value. */
export function shortDigest(base64: string): string {
  return base64.slice(0, digestWidth);
}

/** What is not the same in two tables of rows. Rows that are equal cancel each other out, then those of one key are paired. */
export function* rowDifferences(shape: TableShape, expected: RowTable, actual: RowTable): Generator<RowDifference> {
  for (const [key, row] of expected.rows) {
    const [left, right] = withoutEqual(row, actual.rows.get(key) ?? null);
    for (const [index, one] of left.entries()) {
      const other = right[index];
      if (other === undefined) yield { kind: 'missing', row: one.label, columns: [] };
      else yield { kind: 'changed', row: one.label, columns: changedColumns(shape, one, other) };
    }
    for (const one of right.slice(left.length)) yield { kind: 'extra', row: one.label, columns: [] };
  }
  for (const [key, row] of actual.rows) {
    if (expected.rows.has(key)) continue;
    for (const { label } of listOf(row)) yield { kind: 'extra', row: label, columns: [] };
  }
}

function changedColumns(shape: TableShape, one: HeldRow, other: HeldRow): string[] {
  const changed = shape.columns.filter((_, column) => digestAt(one.digests, column) !== digestAt(other.digests, column));
  return changed.map((column) => column.name);
}

/** Two lists of rows, without those that stand in both. */
function withoutEqual(left: HeldRow, right: HeldRow | null): [HeldRow[], HeldRow[]] {
  if (right !== null && left.next === null && right.next === null) return left.digests === right.digests ? [[], []] : [[left], [right]];
  const surplus = new Map<string, number>();
  for (const { digests } of listOf(right)) surplus.set(digests, (surplus.get(digests) ?? 0) + 1);
  const onlyLeft = listOf(left).filter(({ digests }) => !takeOne(surplus, digests));
  return [onlyLeft, listOf(right).filter(({ digests }) => takeOne(surplus, digests))];
}

function takeOne(counts: Map<string, number>, digests: string): boolean {
  const count = counts.get(digests) ?? 0;
  if (count > 0) counts.set(digests, count - 1);
  return count > 0;
}

function listOf(row: HeldRow | null): HeldRow[] {
  const list: HeldRow[] = [];
  for (let each = row; each !== null; each = each.next) list.push(each);
  return list.reverse();
}

function digestAt(digests: string, column: number): string {
  return digests.slice(column * digestWidth, (column + 1) * digestWidth);
}
