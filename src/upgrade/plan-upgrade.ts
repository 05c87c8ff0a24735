import { modelAt } from '../letta/catalogue.ts';
import { encryptedColumns } from '../letta/secret-columns.ts';
import type { DatabaseModel, TableModel } from '../schema/model.ts';
import { setAsideSchema } from '../schema/own-schemas.ts';
import { carriesOf, constantsOf } from './carries.ts';
import { type Chain, walk } from './chain.ts';
import { dropsOf } from './drops.ts';
import { leftDefinitions } from './left-definitions.ts';
import { withOwnTables } from './own-tables.ts';
import { sameBytes } from './relation.ts';
import type { RevisionStep } from './revision-step.ts';
import { sourcesOf } from './sources.ts';
import { loadOf } from './table-loads.ts';
import { unguardedKeys } from './unguarded-keys.ts';
import { unguardedUniques } from './unguarded-uniques.ts';
import type { ConstantPlan, TablePlan, UpgradePlan } from './upgrade-plan.ts';

/**
 * The whole way as data: what to load where, what to compute, what is lost, and how each value will be proven. Pure.
 * @throws RangeError for a revision that the catalogue does not know.
 */
export function planUpgrade(source: DatabaseModel, from: string, to: string, steps: readonly RevisionStep[]): UpgradePlan {
  const chain = walk(source, from, to, steps);
  const target = modelAt(to);
  readSecrets(chain, source, target);
  const lettaFrom = new Set(modelAt(from).tables.map(({ name }) => name));
  const lettaTo = new Map(target.tables.map((table) => [table.name, table]));
  const home = source.tables.filter(({ schema }) => schema === null);
  const usedBases = new Set([...chain.state.values()].flatMap(({ branches }) => branches.flatMap(({ base }) => base ?? [])));
  const own = source.tables.filter(
    ({ schema, name }) =>
      schema !== null || (!lettaFrom.has(name) && !lettaTo.has(name) && !usedBases.has(name) && name !== 'alembic_version'),
  );
  const { model, notes } = withOwnTables(target, source, own);
  const enums = new Set(target.enums.map(({ name }) => name));
  const sourceOf = (name: string): TableModel | undefined => home.find((table) => table.name === name);

  const tables: TablePlan[] = [];
  const constants: ConstantPlan[] = [];
  for (const table of target.tables) {
    if (table.name === 'alembic_version') continue;
    const relation = chain.state.get(table.name);
    if (relation === undefined) throw new RangeError(`the way ends without table ${table.name}`);
    tables.push({ name: table.name, load: loadOf(relation, table, sourceOf, enums) });
    constants.push(...constantsOf(relation));
  }
  return {
    chain,
    model,
    tables,
    own,
    sources: sourcesOf(chain, tables, sourceOf, new Set(source.enums.map(({ name }) => name))),
    carries: carriesOf(chain, sourceOf),
    constants,
    drops: [...dropsOf(chain, home, new Set(own.map(({ name }) => name)))],
    unguarded: unguardedKeys(chain, target.tables, sourceOf),
    unguardedUniques: unguardedUniques(chain, target.tables, sourceOf),
    inTheWay: inTheWay(chain, home, lettaFrom),
    left: leftDefinitions(source, from, to),
    notes: [
      ...notes,
      ...earlierSetAside(own),
      ...chain.lacking.map((name) => `the snapshot has no ${name}, which its revision should have: it stays empty`),
    ],
  };
}

/** Secrets in `_enc` columns that the target lacks are decrypted into the older columns: they are needed, and not lost. */
function readSecrets(chain: Chain, source: DatabaseModel, target: DatabaseModel): void {
  const has = (model: DatabaseModel, table: string, column: string): boolean =>
    model.tables.some(({ schema, name, columns }) => schema === null && name === table && columns.some((each) => each.name === column));
  for (const { table, column } of encryptedColumns) {
    if (!has(source, table, column) || has(target, table, column)) continue;
    const read = chain.reads.get(table) ?? new Set();
    chain.reads.set(table, read.add('id').add(column));
    chain.moved.add(`${table}.${column}`);
  }
}

/** Rows that an earlier upgrade set aside stay where they are, also where the target could take them again. */
function earlierSetAside(own: readonly TableModel[]): string[] {
  const tables = own.filter(({ schema, name }) => schema === setAsideSchema && !name.startsWith('reasons')).map(({ name }) => name);
  if (tables.length === 0) return [];
  return [
    `rows of ${tables.join(', ')} that an earlier upgrade set aside stay in ${setAsideSchema}; its table of reasons says why they are there`,
  ];
}

/** Own tables that would have to become one of Letta's (it was made early, by hand) and cannot: a column is of another type. */
function inTheWay(chain: Chain, home: readonly TableModel[], lettaFrom: ReadonlySet<string>): string[] {
  return home.flatMap((table) => {
    if (lettaFrom.has(table.name)) return [];
    const relation = chain.state.get(table.name);
    if (!relation?.branches.some(({ base }) => base === table.name)) return [];
    const target = modelAt(chain.to.revision).tables.find(({ name }) => name === table.name);
    const unfit = table.columns.some(({ name, type }) => target?.columns.some((each) => each.name === name && !sameBytes(each.type, type)));
    return unfit ? [table.name] : [];
  });
}
