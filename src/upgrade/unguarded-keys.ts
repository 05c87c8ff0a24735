import type { ForeignKeyModel, TableModel } from '../schema/model.ts';
import type { Chain } from './chain.ts';
import { type Branch, branchValue, columnOf, type Relation } from './relation.ts';
import type { UnguardedKey } from './upgrade-plan.ts';

/**
 * Foreign keys of Letta's tables that rows of the snapshot may contradict: no valid key of the snapshot says the same
 * (old releases had columns that nothing guarded), a step computed the reference, or not all rows that it led to came
 * along. All others need no look at the rows. Pure.
 */
export function unguardedKeys(
  chain: Chain,
  target: readonly TableModel[],
  sourceOf: (name: string) => TableModel | undefined,
): UnguardedKey[] {
  return target.flatMap(({ name, foreignKeys }) => {
    const child = chain.state.get(name);
    return foreignKeys.flatMap((key) => {
      const parent = key.refSchema === null ? chain.state.get(key.refTable) : undefined;
      if (child === undefined || parent === undefined) return [];
      const guarded = child.branches.every((branch) => isGuarded(branch, child, parent, key, sourceOf));
      return guarded ? [] : [{ table: name, key }];
    });
  });
}

function isGuarded(
  branch: Branch,
  child: Relation,
  parent: Relation,
  key: ForeignKeyModel,
  sourceOf: (name: string) => TableModel | undefined,
): boolean {
  const origins = key.columns.map((name) => branchValue(branch, columnOf(child, name).id).origin);
  if (origins.some((origin) => origin.kind === 'constant' && origin.text === null)) return true;
  const columns = origins.map((origin) => (origin.kind === 'carried' ? origin.column : null));
  const base = branch.base === null ? undefined : sourceOf(branch.base);
  return (base?.foreignKeys ?? []).some(
    (own) =>
      own.validated &&
      own.refSchema === null &&
      own.columns.length === columns.length &&
      leadsTo(own, parent, (column) => key.refColumns[columns.indexOf(column)]),
  );
}

/** Whether all rows that a key of the snapshot leads to are in a table of the target, their columns under the names asked for. */
function leadsTo(own: ForeignKeyModel, parent: Relation, nameOf: (column: string) => string | undefined): boolean {
  return parent.branches.some(
    (branch) =>
      branch.base === own.refTable &&
      branch.whole &&
      own.columns.every((column, index) => {
        const name = nameOf(column);
        if (name === undefined) return false;
        const { origin } = branchValue(branch, columnOf(parent, name).id);
        return origin.kind === 'carried' && origin.column === own.refColumns[index];
      }),
  );
}
