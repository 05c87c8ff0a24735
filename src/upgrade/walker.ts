import { modelAt } from '../letta/catalogue.ts';
import type { ColumnModel, DatabaseModel, TableModel } from '../schema/model.ts';
import type { Chain } from './chain.ts';
import { literalDefault } from './constants.ts';
import { type Branch, columnOf, constant, type Relation, rowsOf, sameBytes, sourceTable, type Value, wrap } from './relation.ts';
import type { AddedRows, Change, RevisionStep, StateBefore } from './revision-step.ts';
import { type TableTransition, transition } from './transition.ts';

/** Crosses one revision after the other, and knows how every table stands in between. */
export class Walker {
  readonly #chain: Chain;
  readonly #source: Map<string, TableModel>;
  readonly #steps: Map<string, RevisionStep>;
  #nextId = 0;

  constructor(chain: Chain, source: DatabaseModel, steps: readonly RevisionStep[]) {
    this.#chain = chain;
    this.#source = new Map(source.tables.flatMap((table) => (table.schema === null ? [[table.name, table]] : [])));
    this.#steps = new Map(steps.map((step) => [step.revision, step]));
  }

  /** The state at the snapshot's own revision: what the catalogue says, filled from what is there. */
  begin(): void {
    const model = modelAt(this.#chain.from.revision);
    for (const table of lettaTables(model)) {
      const relation = this.#relation(table, model);
      const there = this.#source.get(table.name);
      if (!there) this.#chain.lacking.push(table.name);
      else {
        relation.branches.push(this.#branchOf(there, table, relation));
        const missing = table.columns.filter(({ name }) => !there.columns.some((column) => column.name === name));
        this.#chain.lacking.push(...missing.map(({ name }) => `${table.name}.${name}`));
      }
      this.#chain.state.set(table.name, relation);
    }
  }

  cross(revision: string, direction: 'up' | 'down', afterRevision: string, beforeRevision: string): void {
    const after = modelAt(afterRevision);
    const { tables } = transition(revision, direction, after, modelAt(beforeRevision));
    const before = this.#chain.state;
    const change = this.#steps.get(revision)?.[direction]?.(this.#stateBefore(before)) ?? {};
    if (Object.keys(change).length > 0) this.#chain.steps.push(revision);
    const state = new Map<string, Relation>();
    for (const table of tables) {
      if (table.after.name !== 'alembic_version') state.set(table.after.name, this.#crossTable(table, after, before, change, revision));
    }
    this.#chain.state = state;
    const asking = this.#stateBefore(before);
    for (const loss of change.losses ?? [])
      this.#chain.losses.push({ ...loss, by: revision, rows: loss.keep === undefined ? null : asking.rows(loss.keep) });
    for (const name of change.moved ?? []) for (const origin of originsOf(before, name)) this.#chain.moved.add(origin);
    const names = new Map([...state].map(([name, { columns }]) => [name, new Map(columns.map((column) => [column.name, column.id]))]));
    this.#chain.checks.push(...(change.checks ?? []).map((check) => ({ check, by: revision, names })));
  }

  #crossTable(table: TableTransition, model: DatabaseModel, before: Map<string, Relation>, change: Change, by: string): Relation {
    const { after } = table;
    const relation = this.#relation(after, model);
    const was = table.before === null ? undefined : before.get(table.before);
    // The same column keeps its id.
    if (was)
      for (const column of relation.columns) {
        const from = table.columns.get(column.name);
        if (from !== undefined) column.id = columnOf(was, from).id;
      }
    const set = change.set?.[after.name];
    const leave = change.leave?.[after.name];
    for (const branch of was?.branches ?? []) {
      const base = set || leave ? wrap(branch, was?.columns ?? []) : branch;
      const values = new Map<number, Value>();
      let simple = base.simple;
      for (const column of relation.columns) {
        const from = table.columns.get(column.name);
        const computed = set?.columns[column.name];
        if (computed !== undefined) values.set(column.id, { sql: `(${computed})`, origin: { kind: 'derived', by } });
        else if (from !== undefined) {
          const old = columnOf(was!, from);
          const value = base.values.get(old.id)!;
          const same = sameBytes(old.type, column.type) || value.origin.kind === 'constant';
          simple &&= same;
          values.set(column.id, same ? value : { ...value, sql: `${value.sql}::${column.type}` });
        } else values.set(column.id, this.#newValue(base, column, after, change.constants?.[after.name]?.[column.name]));
      }
      relation.branches.push({
        ...base,
        from: set?.join === undefined ? base.from : `${base.from} ${set.join}`,
        where: leave === undefined ? base.where : [...base.where, `not coalesce((${leave}), false)`],
        simple,
        whole: base.whole && leave === undefined,
        values,
        marker: apartFrom(base.marker, change.add?.[after.name] ?? []),
      });
    }
    // Someone made the table by hand before its migration did: its rows count.
    const early = this.#source.get(after.name);
    if (table.before === null && early && !this.#chain.state.has(after.name) && !this.#isUsed(before, after.name))
      relation.branches.push(this.#branchOf(early, after, relation));
    for (const rows of change.add?.[after.name] ?? []) {
      // A table that the snapshot lacks has no rows that could become others.
      const lacking = rows.of !== undefined && before.get(rows.of.table)?.branches.length === 0;
      if (!lacking) relation.branches.push(this.#addedBranch(rows, relation, after, before, by));
    }
    return relation;
  }

  #addedBranch(rows: AddedRows, relation: Relation, model: TableModel, before: Map<string, Relation>, by: string): Branch {
    const of = rows.of && before.get(rows.of.table);
    const [source, ...more] = of?.branches ?? [];
    if (rows.of && (!source || more.length > 0 || source.base === null))
      throw new RangeError(`rows of ${rows.of.table} are not those of one table of the snapshot`);
    const values = relation.columns.map((column): [number, Value] => {
      const sql = rows.columns[column.name];
      if (sql === undefined) return [column.id, this.#default(column, model)];
      const carried = rows.of?.carried[column.name];
      const origin = carried !== undefined && of && source ? source.values.get(columnOf(of, carried).id)?.origin : undefined;
      return [column.id, { sql: `(${sql})`, origin: origin === undefined || origin.kind === 'derived' ? { kind: 'derived', by } : origin }];
    });
    return {
      base: source?.base ?? null,
      from: rows.from,
      where: rows.where === undefined ? [] : [rows.where],
      simple: false,
      whole: false,
      values: new Map(values),
      marker: rows.marker ?? null,
    };
  }

  /** A column that begins here: the snapshot's own, if someone added it early by hand, else what the step gives to all, else its default. */
  #newValue(branch: Branch, column: Relation['columns'][number], table: TableModel, given: string | undefined): Value {
    const early = branch.base === null ? undefined : this.#source.get(branch.base)?.columns.find(({ name }) => name === column.name);
    const model = table.columns.find(({ name }) => name === column.name);
    const used = [...branch.values.values()].some(({ origin }) => origin.kind === 'carried' && origin.column === column.name);
    if (early && !used && branch.simple && early.type === model?.type) return carried(column.name);
    return given === undefined ? this.#default(column, table) : constant(given, column.type);
  }

  #default(column: Relation['columns'][number], table: TableModel): Value {
    const model = table.columns.find(({ name }) => name === column.name) as ColumnModel;
    // Without a literal the value stays NULL; if the column is still NOT NULL at the end, the rows are set aside there.
    return constant(literalDefault(model) ?? null, column.type);
  }

  #branchOf(there: TableModel, table: TableModel, relation: Relation): Branch {
    const own = new Map(there.columns.map((column) => [column.name, column]));
    let simple = true;
    const values = relation.columns.map((column): [number, Value] => {
      const found = own.get(column.name);
      if (!found) return [column.id, this.#default(column, table)];
      const expected = table.columns.find(({ name }) => name === column.name)?.type ?? '';
      const same = sameBytes(found.type, expected) || column.type === 'text';
      simple &&= same;
      const value = carried(column.name);
      return [column.id, same ? value : { ...value, sql: `${value.sql}::${column.type}` }];
    });
    return {
      base: there.name,
      from: `${sourceTable(there.name)} t`,
      where: [],
      simple,
      whole: true,
      values: new Map(values),
      marker: null,
    };
  }

  #relation(table: TableModel, model: DatabaseModel): Relation {
    const enums = new Set(model.enums.map(({ name }) => name));
    const columns = table.columns.map(({ name, type }) => ({ id: this.#nextId++, name, type: enums.has(type) ? 'text' : type }));
    return { name: table.name, columns, branches: [] };
  }

  #isUsed(state: Map<string, Relation>, base: string): boolean {
    return [...state.values()].some(({ branches }) => branches.some((branch) => branch.base === base));
  }

  #stateBefore(state: Map<string, Relation>): StateBefore {
    const relation = (table: string): Relation => {
      const found = state.get(table);
      if (found === undefined) throw new RangeError(`there is no table ${table} at this revision`);
      return found;
    };
    return {
      to: this.#chain.to,
      prepared: (name, sql) => {
        const known = this.#chain.prepared.get(name);
        if (known !== undefined && known !== sql) throw new RangeError(`two steps prepare ${name}`);
        this.#chain.prepared.set(name, sql);
        return sourceTable(name);
      },
      has: (table, column) =>
        column === undefined ? state.has(table) : (state.get(table)?.columns.some(({ name }) => name === column) ?? false),
      rows: (table, columns) => {
        const found = relation(table);
        const names = columns ?? found.columns.map(({ name }) => name);
        for (const { base, simple, values } of found.branches) {
          if (base === null || !simple) continue;
          const read = this.#chain.reads.get(base) ?? new Set();
          for (const name of names) {
            const origin = values.get(columnOf(found, name).id)?.origin;
            if (origin?.kind === 'carried') read.add(origin.column);
          }
          this.#chain.reads.set(base, read);
        }
        return rowsOf(found, names);
      },
    };
  }
}

const carried = (column: string): Value => ({ sql: `t."${column.replaceAll('"', '""')}"`, origin: { kind: 'carried', column } });

/** Tells rows that were there from those that a step adds to their table. */
function apartFrom(marker: string | null, added: readonly AddedRows[]): string | null {
  const parts = [marker ?? [], ...added.map((rows) => (rows.marker === undefined ? [] : `not (${rows.marker})`))].flat();
  return parts.length === 0 ? null : parts.map((part) => `(${part})`).join(' and ');
}

function lettaTables(model: DatabaseModel): TableModel[] {
  return model.tables.filter(({ name }) => name !== 'alembic_version');
}

/** What `table` or `table.column`, as named in a state, is called in the snapshot. */
function* originsOf(state: Map<string, Relation>, name: string): Generator<string> {
  const [table = '', column] = name.split('.');
  const relation = state.get(table);
  for (const { base, values } of relation?.branches ?? []) {
    if (base === null) continue;
    if (column === undefined) yield base;
    else {
      const origin = values.get(columnOf(relation!, column).id)?.origin;
      if (origin?.kind === 'carried') yield `${base}.${origin.column}`;
    }
  }
}
