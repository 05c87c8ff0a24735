import type { Session } from '../postgres/database.ts';
import { quoteIdent, quoteLiteral } from '../schema/model.ts';
import { changedSince } from './alterations.ts';
import { type Afterwards, type BuildContext, loadedRows, modelOf } from './build-context.ts';
import type { StepChecks } from './chain.ts';
import { checkAdapted } from './check-adapted.ts';
import { branchValue } from './relation.ts';

/** A value in the built database that is not what it must be. */
export interface WrongValue {
  table: string;
  /** Key of the row as text, or how many rows. */
  row: string;
  what: string;
  /** The revision whose step computed it; null for a column that must hold its default. */
  by: string | null;
}

/** Findings per check that are named one by one. */
const namedLimit = 50;

/** One look at the built database, which no other has to wait for. @returns nothing when all is right */
export type Look = (session: Session) => Promise<WrongValue[]>;

/** The second, independent route to every computed value. */
export function checkLooks(context: BuildContext, after: Afterwards): Look[] {
  return [
    ...liveChecks(context).map(
      (check): Look =>
        (session) =>
          runCheck(session, context, after, check),
    ),
    (session) => checkConstants(session, context, after),
    (session) => checkEmpty(session, context, after),
    (session) => checkAltered(session, context, after),
    (session) => checkAdapted(session, context, after),
  ];
}

async function runCheck(session: Session, context: BuildContext, after: Afterwards, check: StepChecks): Promise<WrongValue[]> {
  const sql = check.check.sql((table) => builtRows(context, after, check, table));
  const rows = await session.query(`select q.key, q.what from (${sql}) q(key, what) limit ${namedLimit}`);
  const table = finalTable(context, check) ?? check.check.of.table;
  return rows.map(({ key, what }) => ({ table, row: key ?? '', what: what ?? '', by: check.by }));
}

/** Checks whose columns still are what that step made them. */
export function liveChecks({ plan }: Pick<BuildContext, 'plan'>): StepChecks[] {
  return plan.chain.checks.filter(({ check, by, names }) => {
    const ids = names.get(check.of.table);
    if (!ids) return false;
    return check.of.columns.some((column) => {
      const id = ids.get(column);
      if (id === undefined) throw new RangeError(`the check of ${by} names ${check.of.table}.${column}, which that revision does not have`);
      for (const { columns, branches } of plan.chain.state.values()) {
        if (!columns.some((each) => each.id === id)) continue;
        return branches.some((branch) => {
          const { origin } = branchValue(branch, id);
          // Rows that a step added carry values as well as computing them: its check may speak of both.
          return origin.kind !== 'derived' || origin.by === by;
        });
      }
      return false;
    });
  });
}

function finalTable({ plan }: BuildContext, { check, names }: StepChecks): string | null {
  const ids = new Set(names.get(check.of.table)?.values() ?? []);
  for (const { name, columns } of plan.chain.state.values()) if (columns.some(({ id }) => ids.has(id))) return name;
  return null;
}

/** A table of the built database under the names that it had after the check's step; columns that are gone are NULL. */
function builtRows({ plan, home }: BuildContext, after: Afterwards, { names }: StepChecks, table: string): string {
  const ids = names.get(table);
  if (!ids) throw new RangeError(`there is no table ${table} after that revision`);
  for (const relation of plan.chain.state.values()) {
    const model = plan.model.tables.find(({ schema, name }) => schema === null && name === relation.name);
    if (!model || !relation.columns.some(({ id }) => [...ids.values()].includes(id))) continue;
    const list = [...ids].map(([name, id]) => {
      const column = relation.columns.find((each) => each.id === id);
      const value = column === undefined ? 'null' : `t.${quoteIdent(column.name)}${column.type === 'text' ? '::text' : ''}`;
      return `${value} as ${quoteIdent(name)}`;
    });
    return `(select ${list.join(', ')} from ${loadedRows(home, model, after)} t)`;
  }
  throw new RangeError(`table ${table} is not there at the end`);
}

async function checkConstants(session: Session, { plan, home }: BuildContext, after: Afterwards): Promise<WrongValue[]> {
  const wrong: WrongValue[] = [];
  for (const { table, marker, columns } of plan.constants) {
    const model = modelOf(plan.model.tables, table);
    const counts = columns.map(({ name, text }, index) => {
      const expected = text === null ? 'null' : quoteLiteral(text).trim();
      const column = model.columns.find((each) => each.name === name);
      return `count(*) filter (where t.${quoteIdent(name)}::text is distinct from (${expected}::${column?.type ?? 'text'})::text) as c${index}`;
    });
    const where = marker === null ? '' : ` where ${marker}`;
    const [row] = await session.query(`select ${counts.join(', ')} from ${loadedRows(home, model, after)} t${where}`);
    for (const [index, { name, text }] of columns.entries()) {
      const rows = Number(row?.[`c${index}`] ?? 0);
      if (rows > 0)
        wrong.push({ table, row: `${rows} rows`, what: `${name} is not ${text ?? 'NULL'}, its default for existing rows`, by: null });
    }
  }
  return wrong;
}

/** A table that begins on the way and that no step fills has no rows. */
async function checkEmpty(session: Session, { plan, home }: BuildContext, after: Afterwards): Promise<WrongValue[]> {
  const wrong: WrongValue[] = [];
  for (const { name, load } of plan.tables) {
    if (load.kind !== 'empty') continue;
    const [row] = await session.query(`select count(*)::text as rows from ${loadedRows(home, modelOf(plan.model.tables, name), after)} t`);
    if (row?.rows !== '0') wrong.push({ table: name, row: `${row?.rows} rows`, what: 'rows that come from nowhere', by: null });
  }
  return wrong;
}

/** What passes made of values after loading; what they were before is compared with the snapshot. */
async function checkAltered(session: Session, { plan, home }: BuildContext, { setAside, altered }: Afterwards): Promise<WrongValue[]> {
  const asTheyAre = (table: string) => loadedRows(home, modelOf(plan.model.tables, table), { setAside, altered: new Set() });
  const found = await changedSince(session, altered, asTheyAre);
  return found.map(({ table_name, row, column_name }) => {
    return { table: table_name ?? '', row: row ?? '', what: `${column_name} is not what it was adapted to`, by: null };
  });
}
