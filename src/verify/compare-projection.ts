import { randomBytes } from 'node:crypto';
import type { Session } from '../postgres/database.ts';
import { bareTuples } from '../rows/bare-tuples.ts';
import { lentBlocksOf, tableBlocks } from '../rows/block-pool.ts';
import { blocksOf } from '../rows/blocks.ts';
import { FieldScanner } from '../rows/field-scanner.ts';
import { projectRows } from '../rows/project-rows.ts';
import { shapeHash, type TableShape } from '../rows/shape.ts';
import { objectKey } from '../schema/model.ts';
import type { TableEntry } from '../vault/manifest.ts';
import { storedTuples } from '../vault/table-content.ts';
import type { Vault } from '../vault/vault.ts';
import { aliasOf, mismatchedTypes } from './carried-types.ts';
import { RowCollector } from './row-collector.ts';
import { RowHasher } from './row-hasher.ts';
import { bucketsWithin, differingBuckets, RowSums } from './row-sums.ts';
import { heldRowLimit, type RowDifference, RowTable, rowDifferences } from './row-table.ts';

/** What of a snapshot's table must be found again in a built database, and where. */
export interface Carry {
  /** The table in the snapshot. */
  schema: string | null;
  table: string;
  /** Columns of the snapshot's shape whose values must be found again unchanged, each once. */
  columns: string[];
  /** SELECT that gives exactly these columns in this order, in types whose binary form is the snapshot's (`::text` for columns that travel as text): all rows that came from that table. */
  sql: string;
  /** Names of columns that identify a row for messages; may be empty. */
  key: string[];
}

export interface CarryDifference {
  /** `schema.name`, or the name in the home schema. */
  table: string;
  rowsExpected: number;
  /** 0 when no rows were read, because a column has another type. */
  rowsActual: number;
  /** A column of another type is one entry: `every row`. */
  rows: RowDifference[];
  /** True when more rows lie where something differs than can be held: some of the differences are not named. */
  sampled: boolean;
}

export interface CarryComparison {
  equal: boolean;
  /** Rows that the database gave, and the bytes of their carried columns as tuples. */
  rows: number;
  bytes: number;
  difference: CarryDifference | null;
}

type Bare = AsyncIterable<Buffer>;

/**
 * Proves that a query returns the rows of a snapshot's table, as far as their carried columns go, each as often as it
 * is there, in whatever order. Both sides are read once and added up as multisets (row-sums.ts says why equal sums
 * mean equal rows); where they differ both are read again, and the rows in differing buckets are named. Memory does
 * not depend on the number of rows or their size.
 *
 * @param session must see one state of the database throughout: one snapshot, or nobody writes
 * @param vault opened by its owner: rows are read
 * @param onProgress rows and bytes read since the last call; each side counts
 * @throws RangeError when the carry does not fit the entry; LifeboatError when the SELECT has another number of columns
 *   or fails, object-missing, object-damaged, rows-malformed
 */
export async function compareProjection(
  session: Session,
  vault: Vault,
  entry: TableEntry,
  carry: Carry,
  onProgress: (rows: number, bytes: number) => void = () => {},
): Promise<CarryComparison> {
  const { keep, shape, key, sql } = projectionOf(entry, carry);
  const table = objectKey(entry);
  const given = carry.columns.map((name) => shape.columns.find((column) => column.name === name)!);
  const mismatched = await mismatchedTypes(session, carry.sql, given);
  if (mismatched.length > 0) {
    const rows: RowDifference[] = [{ kind: 'changed', row: 'every row', columns: mismatched.map((index) => given[index]!.name) }];
    return { equal: false, rows: 0, bytes: 0, difference: { table, rowsExpected: entry.rows, rowsActual: 0, rows, sampled: false } };
  }

  const snapshot = (): Bare =>
    projectRows(storedTuples(vault, entry, shapeHash({ encoding: 1, columns: entry.shape })), { fields: entry.shape.length, keep });
  const copy = `COPY (${sql}) TO STDOUT (FORMAT binary)`;
  const database = (): Bare => bareTuples(lentBlocksOf((take) => session.copyOut(copy, take), tableBlocks));
  const secret = randomBytes(32);
  const hasher = (digests = true) => new RowHasher(keep.length, key, secret, digests);
  const expected = await addUp(snapshot(), keep.length, hasher(), onProgress);
  const actual = await addUp(database(), keep.length, hasher(), onProgress);
  const result = { rows: actual.sums.rows, bytes: actual.bytes };
  const differing = differingBuckets(expected.sums, actual.sums);
  if (differing.length === 0) return { ...result, equal: true, difference: null };

  const chosen = bucketsWithin(heldRowLimit(shape), differing, expected.sums, actual.sums);
  const collect = async (rows: Bare): Promise<RowTable> => {
    const collector = new RowCollector(keep.length, new RowTable(shape, key));
    if (chosen.size > 0) await collectRows(rows, keep.length, hasher(false), chosen, collector);
    return collector.table;
  };
  const rows = [...rowDifferences(shape, await collect(snapshot()), await collect(database()))];
  const sampled = chosen.size < differing.length;
  const difference = { table, rowsExpected: expected.sums.rows, rowsActual: actual.sums.rows, rows, sampled };
  return { ...result, equal: false, difference };
}

/**
 * Fields are compared in the order in which the snapshot holds them, and the query is turned round to that: so a field
 * of any size passes through the projection without being held.
 */
function projectionOf(entry: TableEntry, carry: Carry): { keep: number[]; shape: TableShape; key: number[]; sql: string } {
  const positions = new Map(carry.columns.map((name, position) => [name, position]));
  const keep = [...entry.shape.keys()].filter((index) => positions.has(entry.shape[index]!.name));
  if (keep.length !== carry.columns.length)
    throw new RangeError(`${objectKey(entry)} does not have each of these columns once: ${carry.columns}`);
  const columns = keep.map((index) => entry.shape[index]!);
  const key = carry.key.map((name) => columns.findIndex((column) => column.name === name)).sort((a, b) => a - b);
  if (key[0] === -1) throw new RangeError(`a key of ${objectKey(entry)} is none of its carried columns: ${carry.key}`);
  const list = columns.map(({ name }) => aliasOf(positions.get(name)!)).join(', ');
  const aliases = carry.columns.length === 0 ? '' : `(${carry.columns.map((_, position) => aliasOf(position)).join(', ')})`;
  return { keep, shape: { encoding: 1, columns }, key, sql: `SELECT ${list} FROM (${carry.sql}) AS carried ${aliases}` };
}

async function addUp(
  tuples: Bare,
  fields: number,
  hasher: RowHasher,
  onProgress: (rows: number, bytes: number) => void,
): Promise<{ sums: RowSums; bytes: number }> {
  const scanner = new FieldScanner(fields);
  const sums = new RowSums();
  let bytes = 0;
  for await (const block of blocksOf(tuples)) {
    const before = sums.rows;
    scanner.feed(block);
    for (let found = scanner.next(); found !== 'more'; found = scanner.next())
      if (hasher.take(found, scanner)) sums.add(hasher.bucket, hasher.digest);
    bytes += block.length;
    onProgress(sums.rows - before, block.length);
  }
  scanner.end();
  return { sums, bytes };
}

async function collectRows(
  tuples: Bare,
  fields: number,
  hasher: RowHasher,
  chosen: ReadonlySet<number>,
  collector: RowCollector,
): Promise<void> {
  const scanner = new FieldScanner(fields);
  for await (const block of blocksOf(tuples)) {
    scanner.feed(block);
    for (let found = scanner.next(); found !== 'more'; found = scanner.next()) {
      collector.take(found, scanner);
      if (hasher.take(found, scanner) && chosen.has(hasher.bucket)) collector.keep(found, scanner);
    }
  }
  scanner.end();
}
