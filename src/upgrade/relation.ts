import { quoteIdent, quoteLiteral } from '../schema/model.ts';
import { sourceSchema } from './built.ts';

/** Where a column's values come from. `carried`: unchanged from a column of the branch's table in the snapshot. */
export type Origin = { kind: 'carried'; column: string } | { kind: 'constant'; text: string | null } | { kind: 'derived'; by: string };

/** A column of a table on its way; the id stays the same through renames. */
export interface WayColumn {
  id: number;
  name: string;
  /** format_type(); enums are `text` on the way and get their type at the end. */
  type: string;
}

export interface Value {
  /** SQL over the branch's FROM clause. */
  sql: string;
  origin: Origin;
}

/** Rows of one source: a table of the snapshot, or what a step makes. */
export interface Branch {
  /** The snapshot's table whose rows these are, one for one; null for rows that a step made. */
  base: string | null;
  from: string;
  where: string[];
  /** A plain projection of the base: no joins, filters, casts or computed values, so tuples can be loaded as they are. */
  simple: boolean;
  /** Every row of the base is among them. */
  whole: boolean;
  values: Map<number, Value>;
  /** Predicate over `t`, a row of the built table. */
  marker: string | null;
}

/** A table of Letta's on its way from one revision to another. */
export interface Relation {
  name: string;
  columns: WayColumn[];
  branches: Branch[];
}

/** The SQL name of a table of the snapshot where steps, checks and the proof read it. */
export function sourceTable(name: string): string {
  return `${quoteIdent(sourceSchema)}.${quoteIdent(name)}`;
}

export function selectOf(branch: Branch, columns: readonly WayColumn[]): string {
  const list = columns.map(({ id, name }) => `${branchValue(branch, id).sql} as ${quoteIdent(name)}`);
  const where = branch.where.length === 0 ? '' : ` where ${branch.where.map((each) => `(${each})`).join(' and ')}`;
  return `select ${list.join(', ')} from ${branch.from}${where}`;
}

export function branchValue(branch: Branch, id: number): Value {
  const value = branch.values.get(id);
  if (value === undefined) throw new RangeError(`a branch of ${branch.base ?? 'new rows'} has no column ${id}`);
  return value;
}

/** All rows of a relation as a sub-select in parentheses. */
export function rowsOf(relation: Relation, names: readonly string[] = relation.columns.map(({ name }) => name)): string {
  const columns = names.map((name) => columnOf(relation, name));
  if (relation.branches.length === 0)
    return `(select ${columns.map(({ name, type }) => `null::${type} as ${quoteIdent(name)}`).join(', ')} where false)`;
  return `(${relation.branches.map((branch) => selectOf(branch, columns)).join(' union all ')})`;
}

export function columnOf(relation: Relation, name: string): WayColumn {
  const column = relation.columns.find((each) => each.name === name);
  if (column === undefined) throw new RangeError(`${relation.name} has no column ${name} at this revision`);
  return column;
}

/** The branch as a sub-select `t` with the relation's own column names, so that more can be joined and filtered. */
export function wrap(branch: Branch, columns: readonly WayColumn[]): Branch {
  return {
    ...branch,
    from: `(${selectOf(branch, columns)}) t`,
    where: [],
    simple: false,
    values: new Map(columns.map(({ id, name }) => [id, { sql: `t.${quoteIdent(name)}`, origin: branchValue(branch, id).origin }])),
  };
}

export function constant(text: string | null, type: string): Value {
  return { sql: text === null ? `null::${type}` : `${quoteLiteral(text).trim()}::${type}`, origin: { kind: 'constant', text } };
}

/** Types between which PostgreSQL's binary form does not differ. */
const texts = /^(?:text|character varying(?:\(\d+\))?)$/;

export function sameBytes(a: string, b: string): boolean {
  return a === b || (texts.test(a) && texts.test(b));
}
