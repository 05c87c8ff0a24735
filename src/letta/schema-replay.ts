import type { ColumnModel, EnumModel, ForeignKeyModel, IndexModel, SequenceModel, TableModel, UniqueModel } from '../schema/model.ts';
import { byName } from '../schema/order.ts';
import type {
  ColumnFact,
  ForeignKeyFact,
  IndexFact,
  Rename,
  RevisionChanges,
  SequenceFact,
  TableChanges,
  TableFact,
  UniqueFact,
} from './schema-changes.ts';

/** A schema by name. Revisions that leave a thing alone share it: none of it is ever changed. */
export interface SchemaState {
  enums: ReadonlyMap<string, EnumModel>;
  sequences: ReadonlyMap<string, SequenceModel>;
  tables: ReadonlyMap<string, TableModel>;
}

export const emptySchema: SchemaState = { enums: new Map(), sequences: new Map(), tables: new Map() };

/** The schema behind a revision, from the one before it. Pure. */
export function replay(before: SchemaState, { enums: types, sequences: counters, tables: relations }: RevisionChanges): SchemaState {
  const enums = moved(before.enums, types?.renamed, types?.dropped);
  for (const { name, after } of types?.changed ?? []) enums.set(name, { schema: null, name, labels: after });
  for (const [name, labels] of Object.entries(types?.added ?? {})) enums.set(name, { schema: null, name, labels });

  const sequences = moved(before.sequences, counters?.renamed, counters?.dropped);
  for (const [name, fact] of Object.entries(counters?.added ?? {})) sequences.set(name, sequence(name, fact));

  const tables = moved(before.tables, relations?.renamed, relations?.dropped);
  for (const [name, changes] of Object.entries(relations?.changed ?? {})) tables.set(name, changed(known(tables, name), changes));
  for (const [name, fact] of Object.entries(relations?.added ?? {})) tables.set(name, table(name, fact));
  return { enums, sequences, tables };
}

function moved<T extends { name: string }>(things: ReadonlyMap<string, T>, renamed: Rename[] = [], dropped: string[] = []): Map<string, T> {
  const left = new Map(things);
  for (const { from, to } of renamed) {
    const thing = known(left, from);
    left.delete(from);
    left.set(to, { ...thing, name: to });
  }
  for (const name of dropped) {
    known(left, name);
    left.delete(name);
  }
  return left;
}

function changed(before: TableModel, { columns, constraints, indexes }: TableChanges): TableModel {
  const of = (kind: 'unique' | 'foreignKey') => (constraints?.dropped ?? []).flatMap((each) => (each.kind === kind ? [each.name] : []));
  let primaryKey = constraints?.dropped?.some(({ kind }) => kind === 'primaryKey') ? null : before.primaryKey;
  const uniques = without(before.uniques, of('unique'));
  const foreignKeys = without(before.foreignKeys, of('foreignKey'));
  for (const { name, after } of constraints?.changed ?? []) alter(foreignKeys, name, after);
  for (const fact of constraints?.added ?? []) {
    if (fact.kind === 'primaryKey') primaryKey = { name: fact.name, columns: fact.columns };
    else if (fact.kind === 'unique') uniques.push(unique(fact));
    else foreignKeys.push(foreignKey(fact));
  }
  const named = [...before.columns];
  for (const { from, to } of columns?.renamed ?? []) alter(named, from, { name: to });
  const left = without(named, columns?.dropped);
  for (const { name, after } of columns?.changed ?? []) alter(left, name, after);
  return {
    ...before,
    columns: [...left, ...(columns?.added ?? []).map(column)],
    primaryKey,
    uniques: uniques.sort(byName),
    foreignKeys: foreignKeys.sort(byName),
    indexes: [...without(before.indexes, indexes?.dropped), ...(indexes?.added ?? []).map(index)].sort(byName),
  };
}

function table(name: string, fact: TableFact): TableModel {
  return {
    schema: null,
    name,
    columns: fact.columns.map(column),
    primaryKey: fact.primaryKey ?? null,
    uniques: (fact.uniques ?? []).map(unique).sort(byName),
    foreignKeys: (fact.foreignKeys ?? []).map(foreignKey).sort(byName),
    checks: [],
    indexes: (fact.indexes ?? []).map(index).sort(byName),
  };
}

const column = ({ name, type, notNull = false, default: value = null }: ColumnFact): ColumnModel => ({
  name,
  type,
  notNull,
  default: value,
  identity: null,
  generated: null,
  collation: null,
});

const unique = ({ name, columns, nullsNotDistinct = false, deferrable = false, initiallyDeferred = false }: UniqueFact): UniqueModel => ({
  name,
  columns,
  nullsNotDistinct,
  deferrable,
  initiallyDeferred,
});

const foreignKey = ({ name, columns, refTable, refColumns, ...rest }: ForeignKeyFact): ForeignKeyModel => ({
  name,
  columns,
  refSchema: null,
  refTable,
  refColumns,
  onDelete: rest.onDelete ?? 'NO ACTION',
  onUpdate: rest.onUpdate ?? 'NO ACTION',
  match: 'SIMPLE',
  deferrable: rest.deferrable ?? false,
  initiallyDeferred: rest.initiallyDeferred ?? false,
  validated: true,
});

const index = ({ name, unique: isUnique = false, definition }: IndexFact): IndexModel => ({
  name,
  unique: isUnique,
  method: 'btree',
  definition,
  valid: true,
});

function sequence(name: string, fact: SequenceFact): SequenceModel {
  const [owner, ownerColumn] = fact.ownedBy?.split('.') ?? [];
  const ownedBy = owner !== undefined && ownerColumn !== undefined ? { schema: null, table: owner, column: ownerColumn } : null;
  return { schema: null, name, type: fact.type, start: '1', increment: '1', min: '1', max: fact.max, cache: '1', cycle: false, ownedBy };
}

function known<T>(things: ReadonlyMap<string, T>, name: string): T {
  const thing = things.get(name);
  if (thing === undefined) throw new Error(`the catalogue changes ${name}, which does not exist then`);
  return thing;
}

function placeOf(things: readonly { name: string }[], name: string): number {
  const place = things.findIndex((each) => each.name === name);
  if (place < 0) throw new Error(`the catalogue changes ${name}, which does not exist then`);
  return place;
}

/** Puts a changed copy of a thing in its place. */
function alter<T extends { name: string }>(things: T[], name: string, after: Partial<T>): void {
  const place = placeOf(things, name);
  things[place] = { ...things[place]!, ...after };
}

/** A list of its own. */
function without<T extends { name: string }>(things: readonly T[], names: readonly string[] = []): T[] {
  for (const name of names) placeOf(things, name);
  return things.filter(({ name }) => !names.includes(name));
}
