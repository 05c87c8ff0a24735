import { quoteIdent, type TableModel } from '../schema/model.ts';
import { binaryConstant } from './constants.ts';
import { type Branch, branchValue, type Relation } from './relation.ts';
import type { TableLoad } from './upgrade-plan.ts';

/** How a table of the target gets its rows: tuples as they come where that is possible, else statements. */
export function loadOf(
  relation: Relation,
  table: TableModel,
  sourceOf: (name: string) => TableModel | undefined,
  enums: ReadonlySet<string>,
): TableLoad {
  const [only, ...more] = relation.branches;
  if (only === undefined) return { kind: 'empty' };
  return (more.length === 0 && directLoad(only, relation, table, sourceOf, enums)) || computedLoad(relation, table, sourceOf);
}

function directLoad(
  branch: Branch,
  relation: Relation,
  table: TableModel,
  sourceOf: (name: string) => TableModel | undefined,
  enums: ReadonlySet<string>,
): TableLoad | null {
  if (!branch.simple || branch.base === null) return null;
  const base = sourceOf(branch.base);
  const columns: { name: string; from: string | { constant: Buffer } }[] = [];
  for (const [index, column] of table.columns.entries()) {
    const { origin } = branchValue(branch, relation.columns[index]!.id);
    if (origin.kind === 'carried') {
      const from = base?.columns.find(({ name }) => name === origin.column);
      if (!from || from.generated !== null || (column.notNull && !from.notNull)) return null;
      columns.push({ name: column.name, from: origin.column });
    } else if (origin.kind === 'constant' && origin.text !== null) {
      const bytes = binaryConstant(origin.text, column.type, enums.has(column.type));
      if (bytes === undefined) return null;
      columns.push({ name: column.name, from: { constant: bytes } });
    } else if (origin.kind !== 'constant' || column.notNull) return null;
    // A column left out of COPY gets its default; NULL has to be computed where there is one.
    else if (column.default !== null) return null;
  }
  return { kind: 'direct', base: branch.base, columns };
}

function computedLoad(relation: Relation, table: TableModel, sourceOf: (name: string) => TableModel | undefined): TableLoad {
  const canBeNull = (index: number): boolean =>
    relation.branches.some((branch) => {
      const { origin } = branchValue(branch, relation.columns[index]!.id);
      if (origin.kind === 'constant') return origin.text === null;
      if (origin.kind === 'derived' || branch.base === null) return true;
      return !sourceOf(branch.base)?.columns.some(({ name, notNull }) => name === origin.column && notNull);
    });
  const selects = relation.branches.map((branch) => {
    const list = table.columns.map(
      ({ name, type }, index) => `(${branchValue(branch, relation.columns[index]!.id).sql})::${type} as ${quoteIdent(name)}`,
    );
    const where = branch.where.length === 0 ? '' : ` where ${branch.where.map((each) => `(${each})`).join(' and ')}`;
    return `select ${list.join(', ')} from ${branch.from}${where}`;
  });
  return {
    kind: 'computed',
    selects,
    columns: table.columns.map(({ name }) => name),
    required: table.columns.filter(({ notNull }, index) => notNull && canBeNull(index)).map(({ name }) => name),
    bases: relation.branches.flatMap(({ base }) => base ?? []),
  };
}
