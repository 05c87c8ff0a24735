import { type DatabaseModel, objectKey, qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import type { TableEntry } from '../vault/manifest.ts';
import type { Carry } from '../verify/compare-projection.ts';
import { type Afterwards, type BuildContext, loadedRows } from './build-context.ts';
import { sameBytes } from './relation.ts';

/**
 * For every table of the snapshot: which of its columns must be found again unchanged, and the SELECT over the built
 * database that must give exactly its rows. Rows that moved, were set aside or altered are put back by it.
 */
export function carriesFor({ plan, entries, home }: BuildContext, source: DatabaseModel, after: Afterwards): Carry[] {
  const enums = new Set(source.enums.map(({ name }) => name));
  const carries: Carry[] = [];
  for (const { base, routes, columns } of plan.carries) {
    const entry = entries.get(base);
    const model = source.tables.find(({ schema, name }) => schema === null && name === base);
    if (!entry || !model) continue;
    const carried = columns.filter((column) => entry.shape.some(({ name }) => name === column));
    if (carried.length === 0) continue;
    const selects = routes.map(({ table, marker, columns: names }) => {
      const built = plan.model.tables.find(({ schema, name }) => schema === null && name === table)!;
      const list = carried.map((column) => {
        const name = names.get(column)!;
        const type = built.columns.find((each) => each.name === name)?.type ?? '';
        return `t.${quoteIdent(name)}${asInSnapshot(entry, column, type, enums)} as ${quoteIdent(column)}`;
      });
      return `select ${list.join(', ')} from ${loadedRows(home, built, after)} t${marker === null ? '' : ` where ${marker}`}`;
    });
    carries.push({ schema: null, table: base, columns: carried, key: keyOf(entry, carried), sql: selects.join(' union all ') });
  }
  for (const table of plan.own) carries.push(...asItIs(entries, home, table));
  return carries;
}

/** The cast that gives a built value the binary form which it has in the snapshot. */
function asInSnapshot(entry: TableEntry, column: string, type: string, enums: ReadonlySet<string>): string {
  const shape = entry.shape.find(({ name }) => name === column)!;
  // An enum is sent as its label, and so is text.
  if (shape.as === 'text' || enums.has(shape.type)) return '::text';
  return sameBytes(shape.type, type) ? '' : `::${shape.type}`;
}

function asItIs(entries: BuildContext['entries'], home: string, table: TableModel): Carry[] {
  const entry = entries.get(objectKey(table));
  if (!entry || entry.shape.length === 0) return [];
  const list = entry.shape.map(({ name, as }) => `t.${quoteIdent(name)}${as === 'text' ? '::text' : ''} as ${quoteIdent(name)}`);
  const columns = entry.shape.map(({ name }) => name);
  const sql = `select ${list.join(', ')} from only ${qualified(home, table.schema, table.name)} t`;
  return [{ schema: table.schema, table: table.name, columns, key: keyOf(entry, columns), sql }];
}

const keyOf = (entry: TableEntry, columns: readonly string[]): string[] =>
  entry.key.map((index) => entry.shape[index]!.name).filter((name) => columns.includes(name));
