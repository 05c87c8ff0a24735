import type { TableModel } from '../schema/model.ts';
import type { Chain } from './chain.ts';
import { branchValue, columnOf, type Relation } from './relation.ts';
import type { UnguardedUnique } from './upgrade-plan.ts';

/**
 * The one key that rows may contradict and keep their place: an organization's agents of one name, between 0.6.5 and
 * 0.6.8. No agent is renamed or taken away for it; the key stays out and is named.
 */
export const agentNamesKey = 'unique_org_agent_name';

/**
 * Primary keys, unique constraints and unique indexes of Letta's tables that rows of the snapshot may contradict: its
 * own table had none of these columns, a step computed one of them, or the rows come from several tables. Pure.
 */
export function unguardedUniques(
  chain: Chain,
  target: readonly TableModel[],
  sourceOf: (name: string) => TableModel | undefined,
): UnguardedUnique[] {
  return target.flatMap((table) => {
    const relation = chain.state.get(table.name);
    if (relation === undefined || relation.branches.length === 0) return [];
    return uniquesOf(table).filter(({ name, columns }) => name !== agentNamesKey && !isGuarded(relation, columns, sourceOf));
  });
}

function uniquesOf(table: TableModel): UnguardedUnique[] {
  return [
    ...(table.primaryKey ? [{ ...table.primaryKey, nullsNotDistinct: false }] : []),
    ...table.uniques,
    ...table.indexes.flatMap(({ name, unique, definition }) => {
      // Letta's own unique indexes are on plain columns; anything else is left to CREATE INDEX itself.
      const columns = unique ? /^USING btree \(([\w", ]+)\)$/.exec(definition)?.[1] : undefined;
      return columns === undefined ? [] : [{ name, columns: columns.split(', ').map(unquoted), nullsNotDistinct: false }];
    }),
  ].map(({ name, columns, nullsNotDistinct }) => ({ table: table.name, name, columns, nullsNotDistinct }));
}

function isGuarded({ branches, columns: own }: Relation, columns: string[], sourceOf: (name: string) => TableModel | undefined): boolean {
  const [branch, ...more] = branches;
  if (branch === undefined || more.length > 0 || branch.base === null) return false;
  const base = sourceOf(branch.base);
  const origins = columns.map((name) => branchValue(branch, columnOf({ name: '', columns: own, branches }, name).id).origin);
  const carried = new Set(origins.flatMap((origin) => (origin.kind === 'carried' ? [origin.column] : [])));
  if (base === undefined || carried.size < columns.length) return false;
  return [...(base.primaryKey ? [base.primaryKey] : []), ...base.uniques].some(({ columns: key }) =>
    key.every((name) => carried.has(name)),
  );
}

const unquoted = (name: string): string => name.replaceAll('"', '');
