import type {
  ColumnModel,
  DatabaseModel,
  EnumModel,
  ForeignKeyModel,
  IndexModel,
  SequenceModel,
  TableModel,
  UniqueModel,
} from '../schema/model.ts';
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

/** The schema that a run of revisions leaves behind, starting from an empty database. */
export function replay(revisions: readonly RevisionChanges[]): Pick<DatabaseModel, 'enums' | 'sequences' | 'tables'> {
  const enums = new Map<string, EnumModel>();
  const sequences = new Map<string, SequenceModel>();
  const tables = new Map<string, TableModel>();
  for (const { enums: types, sequences: counters, tables: relations } of revisions) {
    step(enums, types?.renamed, types?.dropped);
    for (const { name, after } of types?.changed ?? []) enums.set(name, { schema: null, name, labels: after });
    for (const [name, labels] of Object.entries(types?.added ?? {})) enums.set(name, { schema: null, name, labels });

    step(sequences, counters?.renamed, counters?.dropped);
    for (const [name, fact] of Object.entries(counters?.added ?? {})) sequences.set(name, sequence(name, fact));

    step(tables, relations?.renamed, relations?.dropped);
    for (const [name, changes] of Object.entries(relations?.changed ?? {})) change(known(tables, name), changes);
    for (const [name, fact] of Object.entries(relations?.added ?? {})) tables.set(name, table(name, fact));
  }
  const sorted = <T extends { name: string }>(things: Map<string, T>): T[] => [...things.values()].sort(byName);
  for (const each of tables.values()) for (const part of [each.uniques, each.foreignKeys, each.indexes]) part.sort(byName);
  return { enums: sorted(enums), sequences: sorted(sequences), tables: sorted(tables) };
}

function step<T extends { name: string }>(things: Map<string, T>, renamed: Rename[] = [], dropped: string[] = []): void {
  for (const { from, to } of renamed) {
    const thing = known(things, from);
    things.delete(from);
    things.set(to, Object.assign(thing, { name: to }));
  }
  for (const name of dropped) {
    known(things, name);
    things.delete(name);
  }
}

function change(target: TableModel, { columns, constraints, indexes }: TableChanges): void {
  for (const { from, to } of columns?.renamed ?? []) find(target.columns, from).name = to;
  target.columns = without(target.columns, columns?.dropped);
  for (const { name, after } of columns?.changed ?? []) Object.assign(find(target.columns, name), after);
  target.columns.push(...(columns?.added ?? []).map(column));

  for (const { kind, name } of constraints?.dropped ?? []) {
    if (kind === 'primaryKey') target.primaryKey = null;
    else if (kind === 'unique') target.uniques = without(target.uniques, [name]);
    else target.foreignKeys = without(target.foreignKeys, [name]);
  }
  for (const { name, after } of constraints?.changed ?? []) Object.assign(find(target.foreignKeys, name), after);
  for (const fact of constraints?.added ?? []) {
    if (fact.kind === 'primaryKey') target.primaryKey = { name: fact.name, columns: fact.columns };
    else if (fact.kind === 'unique') target.uniques.push(unique(fact));
    else target.foreignKeys.push(foreignKey(fact));
  }

  target.indexes = without(target.indexes, indexes?.dropped);
  target.indexes.push(...(indexes?.added ?? []).map(index));
}

function table(name: string, fact: TableFact): TableModel {
  return {
    schema: null,
    name,
    columns: fact.columns.map(column),
    primaryKey: fact.primaryKey ?? null,
    uniques: (fact.uniques ?? []).map(unique),
    foreignKeys: (fact.foreignKeys ?? []).map(foreignKey),
    checks: [],
    indexes: (fact.indexes ?? []).map(index),
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

function known<T>(things: Map<string, T>, name: string): T {
  const thing = things.get(name);
  if (thing === undefined) throw new Error(`the catalogue changes ${name}, which does not exist then`);
  return thing;
}

function find<T extends { name: string }>(things: T[], name: string): T {
  const thing = things.find((each) => each.name === name);
  if (thing === undefined) throw new Error(`the catalogue changes ${name}, which does not exist then`);
  return thing;
}

function without<T extends { name: string }>(things: T[], names: string[] = []): T[] {
  for (const name of names) find(things, name);
  return things.filter(({ name }) => !names.includes(name));
}
