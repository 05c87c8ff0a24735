import { growingKeyOf } from '../letta/tables.ts';
import type { Session } from '../postgres/database.ts';
import { spread } from '../postgres/spread.ts';
import { tableBlocks } from '../rows/block-pool.ts';
import { shapeOf } from '../rows/column-encoding.ts';
import type { RowCut } from '../rows/cuts.ts';
import { orderOf } from '../rows/order.ts';
import { shapeHash } from '../rows/shape.ts';
import { type DatabaseModel, objectKey, qualified, type TableModel } from '../schema/model.ts';
import { packBundles } from '../vault/bundle.ts';
import type { TableEntry } from '../vault/manifest.ts';
import type { Vault } from '../vault/vault.ts';
import { type WriteTally, type WrittenTable, writeTable } from './write-table.ts';

/** A table as the snapshot will list it, with the ordered names of its segments for the content id. */
export interface CopiedTable {
  entry: TableEntry;
  shapeHash: Buffer;
  segments: string[];
}

/**
 * Copies all tables with as many sessions as given, the largest first (`sizes` by objectKey, bytes, an estimate), and
 * packs the small ones together. The result is sorted by (schema, name) and does not depend on the number of sessions.
 */
export async function copyTables(
  sessions: readonly Session[],
  vault: Vault,
  source: { home: string; model: DatabaseModel; sizes: ReadonlyMap<string, number> },
  cut: () => RowCut,
  tally: WriteTally,
  signal: AbortSignal,
): Promise<CopiedTable[]> {
  const queue = source.model.tables.toSorted((a, b) => (source.sizes.get(objectKey(b)) ?? 0) - (source.sizes.get(objectKey(a)) ?? 0));
  const enumNames = new Set(source.model.enums.map((each) => each.name));
  const written: WrittenTable[] = [];
  await spread(sessions, queue, signal, async (session, table) => {
    written.push(await writeTable(session, vault, readable(table, source.home, enumNames), cut(), tally, tableBlocks));
  });

  const copied: CopiedTable[] = written.flatMap((each) =>
    each.kind === 'entry'
      ? [{ entry: each.entry, shapeHash: hashOf(each.entry), segments: each.segments.map((segment) => segment.name) }]
      : [],
  );
  const parts = written
    .flatMap((each) => (each.kind === 'part' ? [each.part] : []))
    .sort((a, b) => compareKeys(objectKey(a.table), objectKey(b.table)));
  for (const bundle of packBundles(parts)) {
    const object = await vault.putObject(bundle.content);
    tally.stored(object);
    for (const { table, segment, offset } of bundle.parts) {
      const entry: TableEntry = { ...table, content: { kind: 'bundle', object: object.name, offset, segment } };
      copied.push({ entry, shapeHash: hashOf(entry), segments: [segment.name] });
    }
  }
  return copied.sort((a, b) => compareKeys(objectKey(a.entry), objectKey(b.entry)));
}

/** What it takes to read a table in its total order. */
export function readable(table: TableModel, home: string, enumNames: ReadonlySet<string>) {
  const shape = shapeOf(table, enumNames);
  const order = orderOf(table, shape, growingKeyOf(table));
  return { schema: table.schema, name: table.name, from: qualified(home, table.schema, table.name), shape, order };
}

function hashOf(entry: TableEntry): Buffer {
  return shapeHash({ encoding: 1, columns: entry.shape });
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
