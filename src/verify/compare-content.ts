import { growingKeyOf } from '../letta/tables.ts';
import type { Session } from '../postgres/database.ts';
import { spread } from '../postgres/spread.ts';
import type { Reporter } from '../report/progress.ts';
import { tableBlocks } from '../rows/block-pool.ts';
import { Cut } from '../rows/cuts.ts';
import { orderOf } from '../rows/order.ts';
import type { RowRun } from '../rows/read-table.ts';
import type { TableShape } from '../rows/shape.ts';
import { type DatabaseModel, objectKey, qualified } from '../schema/model.ts';
import type { TableEntry } from '../vault/manifest.ts';
import type { Vault } from '../vault/vault.ts';
import { compareTable } from './compare-table.ts';
import { findRowDifferences } from './row-differences.ts';
import type { RowDifference } from './row-table.ts';

/** A table whose content is not the snapshot's. */
export interface TableDifference {
  table: string;
  reason: 'missing table' | 'extra table' | 'missing column' | 'content';
  rowsExpected: number;
  rowsActual: number;
  segmentsDiffering: number;
  rows: RowDifference[];
  sampled: boolean;
}

export interface ContentComparison {
  equal: boolean;
  tables: number;
  rows: number;
  bytes: number;
  differences: TableDifference[];
}

export interface CompareOptions {
  /** Sessions to read with; all see the same state of the database. */
  sessions: readonly Session[];
  vault: Vault;
  /** What the snapshot holds. */
  expected: { tables: readonly TableEntry[]; model: DatabaseModel };
  /** What the database holds now: home's real name and its introspected model. */
  actual: { home: string; model: DatabaseModel };
  reporter: Reporter;
  signal: AbortSignal;
}

/**
 * Row-for-row comparison of a database with a snapshot, by content. Tables that only the database has count as
 * differences too: "equal" means neither side has anything that the other lacks.
 */
export async function compareContent({ sessions, vault, expected, actual, reporter, signal }: CompareOptions): Promise<ContentComparison> {
  const here = new Map(actual.model.tables.map((table) => [objectKey(table), table]));
  const result: ContentComparison = { equal: true, tables: expected.tables.length, rows: 0, bytes: 0, differences: [] };
  const queue = expected.tables.toSorted((a, b) => b.bytes - a.bytes);

  const compareOne = async (session: Session, entry: TableEntry): Promise<TableDifference | null> => {
    const key = objectKey(entry);
    const described = { table: key, rowsExpected: entry.rows, rowsActual: 0, segmentsDiffering: 0, rows: [], sampled: false };
    const table = here.get(key);
    if (!table) return { ...described, reason: 'missing table' };
    const lacking = entry.shape.filter((column) => !table.columns.some((each) => each.name === column.name));
    if (lacking.length > 0)
      return {
        ...described,
        reason: 'missing column',
        rows: lacking.map((column) => ({ kind: 'changed', row: 'every row', columns: [column.name] })),
      };

    const model = expected.model.tables.find((each) => objectKey(each) === key) ?? table;
    const shape: TableShape = { encoding: 1, columns: entry.shape };
    const projection = { from: qualified(actual.home, entry.schema, entry.name), shape, order: orderOf(model, shape, growingKeyOf(model)) };
    const cut = () => new Cut(vault.cut, vault.cutSeed);
    const count = (run: RowRun) => {
      result.rows += run.rows;
      result.bytes += run.bytes;
      reporter.progress({ rows: result.rows, bytes: result.bytes });
    };
    const comparison = await compareTable(session, vault, entry, projection, cut(), count, tableBlocks);
    if (comparison.equal) return null;
    const found =
      vault.access === 'owner'
        ? await findRowDifferences(session, vault, entry, projection, comparison, cut())
        : { rows: [], sampled: true };
    return { ...described, reason: 'content', rowsActual: comparison.rowsActual, segmentsDiffering: comparison.missing.length, ...found };
  };

  await spread(sessions, queue, signal, async (session, entry) => {
    const difference = await compareOne(session, entry);
    if (difference) result.differences.push(difference);
  });
  const known = new Set(expected.tables.map((entry) => objectKey(entry)));
  for (const [key] of here) {
    if (!known.has(key))
      result.differences.push({
        table: key,
        reason: 'extra table',
        rowsExpected: 0,
        rowsActual: 0,
        segmentsDiffering: 0,
        rows: [],
        sampled: false,
      });
  }
  result.differences.sort((a, b) => (a.table < b.table ? -1 : 1));
  result.equal = result.differences.length === 0;
  return result;
}
