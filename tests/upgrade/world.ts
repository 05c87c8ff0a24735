import type { ColumnModel, DatabaseModel, ForeignKeyModel, TableModel } from '../../src/schema/model.ts';
import { fill } from './fill.ts';
import { defaultOrganization } from './names.ts';
import { refuseTypos } from './refuse-typos.ts';
import { uniqueKeysOf } from './unique-keys.ts';

/** Column → PostgreSQL's text, or null. Every column of the table is there. */
export type Row = Record<string, string | null>;

/** What a row is asked to hold. An object or array is JSON; what the schema at hand has no column for is left out. */
export type Given = Record<string, string | number | boolean | object | null>;

/** Columns that a child shares with the row that it belongs to: an agent's step is of the agent's organization. */
const inherited = ['organization_id', 'agent_id', 'source_id', 'archive_id'];

/** Rows for all tables of one schema. Each is complete, refers to rows that are there, and collides with none. */
export class World {
  readonly model: DatabaseModel;
  /** Place in the chain: 1 … 167. */
  readonly position: number;
  readonly rows = new Map<string, Row[]>();
  readonly #alone = new Set<string>();
  readonly #taken = new Map<string, Set<string>>();

  constructor(model: DatabaseModel, position: number) {
    [this.model, this.position] = [model, position];
  }

  has(table: string, column?: string): boolean {
    const found = this.table(table);
    return found !== undefined && (column === undefined || found.columns.some(({ name }) => name === column));
  }

  /** Whether something guards what a column refers to. Old schemas have columns that lead to nothing. */
  guards(table: string, column: string): boolean {
    return this.table(table)?.foreignKeys.some(({ columns }) => columns.includes(column)) ?? false;
  }

  table(name: string): TableModel | undefined {
    return this.model.tables.find((table) => table.schema === null && table.name === name);
  }

  rowsOf(table: string): Row[] {
    return this.rows.get(table) ?? [];
  }

  /** Adds a row of the given values and ordinary ones; nothing happens where the schema has no such table. */
  add(table: string, given: Given = {}): void {
    const model = this.table(table);
    refuseTypos(table, given);
    if (model === undefined) return;
    const row = this.#complete(model, this.#texts(model, given), false, 0);
    const collides = this.#collision(model, row);
    if (collides !== null) throw new Error(`${table}: a second row with the same ${collides.join(', ')}: ${JSON.stringify(row)}`);
    this.#insert(model, row);
  }

  /** Adds a row of every kind of value. @returns false where no free combination of references is left. */
  addWild(table: TableModel): boolean {
    for (let attempt = 0; attempt < 40; attempt++) {
      const row = this.#complete(table, {}, true, attempt);
      const collides = this.#collision(table, row);
      const free = collides?.find((name) => isFreeText(table, name));
      if (free !== undefined) row[free] = `${row[free]?.slice(0, 200)} ${this.rowsOf(table.name).length}`;
      if (collides !== null && this.#collision(table, row) !== null) continue;
      this.#insert(table, row);
      return true;
    }
    return false;
  }

  /** No wild row shall refer to these: a situation is told by what they do not have. */
  leaveAlone(...ids: readonly string[]): void {
    for (const id of ids) this.#alone.add(id);
  }

  /** Changes a row that is there: for the one cycle of references (block and its history). */
  patch(table: string, id: string, given: Given): void {
    const model = this.table(table);
    const row = this.rowsOf(table).find((each) => each.id === id);
    if (model && row) Object.assign(row, this.#texts(model, given));
  }

  #texts(table: TableModel, given: Given): Row {
    const row: Row = {};
    for (const column of table.columns) {
      const value = given[column.name];
      if (value !== undefined && !(value === null && column.notNull)) row[column.name] = textOf(column, value);
    }
    return row;
  }

  #complete(table: TableModel, row: Row, wild: boolean, attempt: number): Row {
    const count = this.rowsOf(table.name).length;
    const deepestFirst = table.foreignKeys.toSorted(
      (a, b) => Number(a.refTable === 'organizations') - Number(b.refTable === 'organizations'),
    );
    for (const key of deepestFirst) this.#refer(table, key, row, wild, count + attempt);
    for (const column of table.columns) {
      if (row[column.name] !== undefined) continue;
      row[column.name] = fill({ model: this.model, position: this.position, table, column, row: count, wild });
    }
    if (table.name === 'jobs' && row.job_type === 'run') row.id = row.id?.replace(/^job-/, 'run-') ?? null;
    return row;
  }

  /** Fills the columns of a foreign key that are still open, if they may not stay empty or the row is a wild one. */
  #refer(table: TableModel, key: ForeignKeyModel, row: Row, wild: boolean, turn: number): void {
    const open = key.columns.filter((name) => row[name] === undefined);
    const mayBeNull = key.columns.some((name) => !table.columns.find((column) => column.name === name)?.notNull);
    if (key.columns.some((name) => row[name] === null)) return;
    if (open.length > 0 && mayBeNull && (!wild || turn % 3 === 0)) {
      for (const name of open) row[name] = null;
      return;
    }
    const fits = this.rowsOf(key.refTable).filter((parent) =>
      key.columns.every((name, at) => row[name] === undefined || row[name] === parent[key.refColumns[at] ?? '']),
    );
    const free = fits.filter((parent) => open.length === 0 || !wild || !this.#alone.has(parent.id ?? ''));
    const near = free.filter((parent) => belongsTogether(row, parent, wild ? null : defaultOrganization));
    const pool = near.length > 0 ? near : free;
    const parent = pool[turn % pool.length];
    if (parent === undefined) {
      if (open.length === 0 || !mayBeNull)
        throw new Error(`${table.name}: no row for ${key.name} (${key.columns.map((name) => row[name])})`);
      for (const name of open) row[name] = null;
      return;
    }
    for (const [at, name] of key.columns.entries()) row[name] = parent[key.refColumns[at] ?? ''] ?? null;
    if (key.refTable === 'organizations') return;
    for (const name of inherited) {
      const value = parent[name];
      if (
        row[name] === undefined &&
        value &&
        table.columns.some((column) => column.name === name) &&
        this.#leadsSomewhere(table, name, value)
      ) {
        row[name] = value;
      }
    }
  }

  #leadsSomewhere(table: TableModel, column: string, value: string): boolean {
    const key = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === column);
    return key === undefined || this.rowsOf(key.refTable).some((parent) => parent[key.refColumns[0] ?? ''] === value);
  }

  #collision(table: TableModel, row: Row): string[] | null {
    for (const key of uniqueKeysOf(table)) {
      const value = key.valueOf(row);
      if (value !== null && this.#taken.get(key.name)?.has(value)) return key.columns;
    }
    return null;
  }

  #insert(table: TableModel, row: Row): void {
    for (const key of uniqueKeysOf(table)) {
      const value = key.valueOf(row);
      if (value !== null) this.#taken.set(key.name, (this.#taken.get(key.name) ?? new Set()).add(value));
    }
    this.rows.set(table.name, [...this.rowsOf(table.name), row]);
  }
}

function textOf(column: ColumnModel, value: NonNullable<Given[string]> | null): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'object') return JSON.stringify(value);
  if (column.type.startsWith('json') && typeof value === 'string') JSON.parse(value); // a slip in a test's own JSON shows here
  return String(value);
}

function belongsTogether(row: Row, parent: Row, tenant: string | null): boolean {
  return inherited.every((name) => {
    const own = row[name] ?? (name === 'organization_id' ? tenant : null);
    return !own || parent[name] === undefined || parent[name] === own;
  });
}

function isFreeText(table: TableModel, name: string): boolean {
  const column = table.columns.find((each) => each.name === name);
  return (
    column !== undefined &&
    /^(character varying|text)/.test(column.type) &&
    !table.foreignKeys.some(({ columns }) => columns.includes(name))
  );
}
