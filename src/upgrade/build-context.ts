import type { Session } from '../postgres/database.ts';
import { qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import type { TableEntry } from '../vault/manifest.ts';
import type { Vault } from '../vault/vault.ts';
import { openAlterations, originalOf } from './alterations.ts';
import { sourceSchema } from './built.ts';
import { sourceTable } from './relation.ts';
import { setAsideTables } from './set-aside-tables.ts';
import type { UpgradePlan } from './upgrade-plan.ts';

/** What building and proving a database at another release works with. */
export interface BuildContext {
  plan: UpgradePlan;
  vault: Vault;
  /** The snapshot's tables by objectKey. */
  entries: ReadonlyMap<string, TableEntry>;
  /** Real name of the schema that holds Letta's tables in the built database. */
  home: string;
  /** Whose server is to run on it, where several releases share the revision. */
  release: string;
}

/** What was changed in the built rows after they were loaded, and has to be thought away to compare them with the snapshot. */
export interface Afterwards {
  /** Table → the qualified table that holds rows of it that were set aside. */
  setAside: ReadonlyMap<string, string>;
  /** `table.column` with at least one altered value. */
  altered: ReadonlySet<string>;
}

/** Looks up what the passes set aside and altered. */
export async function lookAfterwards(session: Session): Promise<Afterwards> {
  await openAlterations(session);
  const altered = await session.query(`select distinct table_name, column_name from ${quoteIdent(sourceSchema)}.altered`);
  return {
    setAside: await setAsideTables(session),
    altered: new Set(altered.map(({ table_name, column_name }) => `${table_name}.${column_name}`)),
  };
}

/**
 * The rows of a built table as they were loaded: those that were set aside are among them, altered values have their
 * original back. A sub-select in parentheses with all columns of the table.
 */
export function loadedRows(home: string, table: TableModel, { setAside, altered }: Afterwards): string {
  const aside = setAside.get(table.name);
  const selects = [qualified(home, null, table.name), ...(aside === undefined ? [] : [aside])].map((from) => {
    const joins: string[] = [];
    const columns = table.columns.map(({ name, type }) => {
      if (!altered.has(`${table.name}.${name}`)) return `t.${quoteIdent(name)}`;
      const { value, join } = originalOf('t', table.name, name, type);
      joins.push(join);
      return `${value} as ${quoteIdent(name)}`;
    });
    return `select ${columns.join(', ')} from ${from} t ${joins.join(' ')}`;
  });
  return `(${selects.join(' union all ')})`;
}

/**
 * Makes the views through which statements read tables of the snapshot that were loaded straight into their new place.
 * To be made again when rows were set aside or altered since, or the snapshot would seem to be without them.
 */
export async function viewSources(session: Session, { plan, home }: BuildContext, after: Afterwards): Promise<void> {
  for (const { base, view } of plan.sources) {
    if (view === null) continue;
    const table = plan.model.tables.find(({ schema, name }) => schema === null && name === view.table);
    if (table === undefined) throw new RangeError(`no table ${view.table} at the target`);
    await session.query(`create or replace view ${sourceTable(base)} as select ${view.list} from ${loadedRows(home, table, after)} t`);
  }
}

/** A table of the target's by its name. @throws RangeError */
export function modelOf(tables: readonly TableModel[], name: string): TableModel {
  const found = tables.find((table) => table.schema === null && table.name === name);
  if (found === undefined) throw new RangeError(`no table ${name} at the target`);
  return found;
}
