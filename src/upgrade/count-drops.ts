import { modelAt } from '../letta/catalogue.ts';
import { agentColumnOf } from '../letta/tables.ts';
import { countFilled, type Filled } from '../rows/count-filled.ts';
import { shapeHash } from '../rows/shape.ts';
import type { TableModel } from '../schema/model.ts';
import type { TableEntry } from '../vault/manifest.ts';
import { storedTuples } from '../vault/table-content.ts';
import type { Vault } from '../vault/vault.ts';
import { binaryConstant, literalDefault } from './constants.ts';
import type { Loss } from './loss.ts';
import type { PlannedDrop } from './upgrade-plan.ts';

/**
 * Counts what the target has no place for, exactly, by reading those tables of the snapshot: rows of dropped tables,
 * and rows that hold something in a dropped column. NULL, JSON null, empty lists and objects, and the column's
 * own default are nothing.
 */
export async function countDrops(
  vault: Vault,
  entries: ReadonlyMap<string, TableEntry>,
  drops: readonly PlannedDrop[],
  from: string,
  onBytes: (bytes: number) => void,
): Promise<Loss[]> {
  const losses: Loss[] = [];
  const models = new Map(modelAt(from).tables.map((table) => [table.name, table]));
  for (const name of new Set(drops.map(({ table }) => table))) {
    const entry = entries.get(name);
    if (!entry || entry.rows === 0) continue;
    const own = drops.filter(({ table }) => table === name);
    losses.push(...(await countTable(vault, entry, own, models.get(name), onBytes)));
  }
  return losses;
}

async function countTable(
  vault: Vault,
  entry: TableEntry,
  drops: readonly PlannedDrop[],
  model: TableModel | undefined,
  onBytes: (bytes: number) => void,
): Promise<Loss[]> {
  const at = (name: string): number => entry.shape.findIndex((column) => column.name === name);
  const columns = drops.filter(({ column }) => column !== null && at(column) >= 0);
  const agentColumn = model ? agentColumnOf(model) : null;
  const groupBy = agentColumn === null ? -1 : at(agentColumn);
  const key = entry.key.filter((index) => isText(entry.shape[index]?.type ?? ''));
  const watch = columns.map(({ column }) => {
    const index = at(column!);
    const found = model?.columns.find(({ name }) => name === column);
    const literal = found ? literalDefault(found) : null;
    const bytes = typeof literal === 'string' ? binaryConstant(literal, found!.type, false) : undefined;
    const type = entry.shape[index]!.type;
    const emptyTexts = /^jsonb?$/.test(type) ? ['[]', '{}'] : [];
    return { index, type, emptyTexts, emptyValues: bytes ? [bytes] : [] };
  });
  // A whole table is counted by its first key field, which is never NULL.
  const whole = drops.find(({ column }) => column === null);
  if (whole) watch.push({ index: entry.key[0] ?? 0, type: 'text', emptyTexts: [], emptyValues: [] });
  async function* tuples() {
    for await (const chunk of storedTuples(vault, entry, shapeHash({ encoding: 1, columns: entry.shape }))) {
      onBytes(chunk.length);
      yield chunk;
    }
  }
  const { filled } = await countFilled(tuples(), entry.shape.length, watch, { key, ...(groupBy >= 0 && { groupBy }) });
  const losses: Loss[] = [];
  const report = (drop: PlannedDrop, count: Filled, rows: number): void => {
    if (rows === 0) return;
    losses.push({
      class: 'dropped',
      table: drop.table,
      column: drop.column,
      rows,
      reason: drop.reason,
      agents: agentsOf(count.groups),
      examples: count.examples.map((fields) =>
        fields.map((field, index) => `${entry.shape[key[index]!]!.name}=${field?.toString('utf8') ?? 'NULL'}`).join(', '),
      ),
    });
  };
  for (const [index, drop] of columns.entries()) report(drop, filled[index]!, filled[index]!.rows);
  if (whole) report(whole, filled[columns.length]!, entry.rows);
  return losses;
}

function agentsOf(groups: ReadonlyMap<string | null, number>): Loss['agents'] {
  return [...groups]
    .flatMap(([id, rows]) => (id === null ? [] : [{ id, rows }]))
    .sort((a, b) => b.rows - a.rows || (a.id < b.id ? -1 : 1))
    .slice(0, 100);
}

const isText = (type: string): boolean => /^(?:text|character)/.test(type);
