import type { TableModel } from '../schema/model.ts';
import type { Chain } from './chain.ts';
import { branchValue, type Relation } from './relation.ts';
import type { CarryPlan, CarryRoute, ConstantPlan } from './upgrade-plan.ts';

/** Where the snapshot's rows and values are found again, unchanged, in the built database. */
export function carriesOf(chain: Chain, sourceOf: (name: string) => TableModel | undefined): CarryPlan[] {
  const routes = new Map<string, CarryRoute[]>();
  for (const relation of chain.state.values()) {
    for (const branch of relation.branches) {
      if (branch.base === null) continue;
      const columns = new Map<string, string>();
      for (const { id, name } of relation.columns) {
        const { origin } = branchValue(branch, id);
        if (origin.kind === 'carried') columns.set(origin.column, name);
      }
      routes.set(branch.base, [...(routes.get(branch.base) ?? []), { table: relation.name, marker: branch.marker, columns }]);
    }
  }
  return [...routes].map(([base, list]) => ({
    base,
    routes: list,
    columns: (sourceOf(base)?.columns ?? []).map(({ name }) => name).filter((name) => list.every(({ columns }) => columns.has(name))),
  }));
}

/** Columns that must hold their default in every row: nothing is invented, and nothing is hidden there. */
export function* constantsOf(relation: Relation): Generator<ConstantPlan> {
  for (const branch of relation.branches) {
    const columns = relation.columns.flatMap(({ id, name }) => {
      const { origin } = branchValue(branch, id);
      return origin.kind === 'constant' ? [{ name, text: origin.text }] : [];
    });
    if (columns.length > 0) yield { table: relation.name, marker: branch.marker, columns };
  }
}
