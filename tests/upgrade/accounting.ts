import type { TextRow } from '../../src/postgres/database.ts';
import type { DatabaseModel, TableModel } from '../../src/schema/model.ts';
import type { Loss } from '../../src/upgrade/loss.ts';
import type { Content } from './content-by-key.ts';
import { movedValues } from './moved-values.ts';

/** One side of an upgrade. */
export interface Side {
  model: DatabaseModel;
  content: Content;
}

/** Where else rows of a table may have gone: tables that Letta divided or renamed. */
const heirs: Readonly<Record<string, readonly string[]>> = {
  passages: ['agent_passages', 'archival_passages', 'source_passages'],
  agent_passages: ['archival_passages'],
  jobs: ['runs'],
  runs: ['jobs'],
  archival_passages: ['agent_passages'],
};

/**
 * No silent loss, counted independently: every row of the source is found by its key, was set aside, or is in the loss
 * report; every column that both have holds the same in it, or the report says how many do not; every column that the
 * target does not have was empty, or is in the report. @returns what nobody accounts for
 */
export function unaccounted(source: Side, target: Side, setAside: Content, losses: readonly Loss[]): string[] {
  const found: string[] = [];
  const reported = (table: string, column: string | null) =>
    losses
      .filter((loss) => loss.table === table && loss.column === column && loss.class !== 'unchecked') // these are carried, and excuse nothing
      .reduce((sum, { rows }) => sum + rows, 0);
  for (const [name, rows] of source.content) {
    const table = tableOf(source.model, name);
    if (table === undefined || rows.length === 0) continue;
    const goal = [name, ...(heirs[name] ?? [])].map((each) => tableOf(target.model, each)).find((each) => each !== undefined);
    if (goal === undefined) {
      const lost = rows.filter((row) => !movedValues[name]?.(row, [], target.content));
      if (reported(name, null) < lost.length)
        found.push(`${name}: ${lost.length} rows of a table that the target does not have, ${reported(name, null)} reported`);
      continue;
    }
    const key = sharedKey(table, goal);
    if (key === null) {
      found.push(`${name}: no key that both releases have`);
      continue;
    }
    const places = [goal.name, ...(heirs[name] ?? [])].flatMap((each) => [
      ...(target.content.get(each) ?? []),
      ...(setAside.get(each) ?? []),
    ]);
    const there = Map.groupBy(places, (row) => keyOf(row, key));
    const missing = rows.filter((row) => !there.has(keyOf(row, key)));
    // Rows that were set aside are found there, so that a report of them excuses nothing.
    const dropped = losses.reduce(
      (sum, loss) => (loss.table === name && loss.column === null && loss.class !== 'set aside' ? sum + loss.rows : sum),
      0,
    );
    if (missing.length > dropped) {
      found.push(
        `${name}: ${missing.length} rows gone, ${dropped} reported (${missing
          .slice(0, 3)
          .map((row) => keyOf(row, key))
          .join(', ')})`,
      );
    }
    for (const { name: column } of table.columns) {
      const kept = goal.columns.some((each) => each.name === column);
      const moved = movedValues[`${name}.${column}`];
      const bad = rows.filter((row) => {
        const now = there.get(keyOf(row, key));
        if (now === undefined || moved?.(row, now, target.content)) return false;
        return kept ? now.every((each) => row[column] !== each[column]) : !isNothing(row[column]);
      });
      const known = [...new Set([name, goal.name, ...(heirs[name] ?? [])])].reduce((sum, each) => sum + reported(each, column), 0);
      if (bad.length > known) {
        const example =
          bad[0] === undefined
            ? ''
            : ` (${keyOf(bad[0], key)}: ${bad[0][column]}${kept ? ` → ${there.get(keyOf(bad[0], key))?.[0]?.[column]}` : ''})`;
        found.push(`${name}.${column}: ${bad.length} values ${kept ? 'changed' : 'not carried'}, ${known} reported${example}`);
      }
    }
  }
  return found;
}

function tableOf(model: DatabaseModel, name: string): TableModel | undefined {
  return model.tables.find((table) => table.schema === null && table.name === name);
}

/** Columns by which a row of one release can be found in another. */
function sharedKey(from: TableModel, to: TableModel): string[] | null {
  const keys = [to.primaryKey, from.primaryKey, ...to.uniques, ...from.uniques].flatMap((each) => (each === null ? [] : [each.columns]));
  const names = (table: TableModel) => new Set(table.columns.map(({ name }) => name));
  const [there, here] = [names(to), names(from)];
  return keys.find((columns) => columns.every((name) => there.has(name) && here.has(name))) ?? null;
}

function keyOf(row: TextRow, key: readonly string[]): string {
  return key.map((column) => row[column]).join(' ');
}

function isNothing(value: string | null | undefined): boolean {
  return value === null || value === undefined || ['', 'null', 'false', '[]', '{}'].includes(value);
}
