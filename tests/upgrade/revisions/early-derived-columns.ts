import { revisionInfo } from '../../../src/letta/catalogue.ts';
import { branchValue } from '../../../src/upgrade/relation.ts';
import type { UpgradePlan } from '../../../src/upgrade/upgrade-plan.ts';

export interface DerivedColumn {
  table: string;
  column: string;
  type: string;
  id: number;
  /** The revision whose step gives it its value. */
  by: string;
}

/** The built columns whose values steps of 0.6.1 … 0.11.0 compute. */
export function derivedColumns(plan: UpgradePlan): DerivedColumn[] {
  const found = new Map<string, DerivedColumn>();
  for (const { name: table, columns, branches } of plan.chain.state.values()) {
    for (const branch of branches) {
      for (const { id, name: column, type } of columns) {
        const { origin } = branchValue(branch, id);
        if (origin.kind !== 'derived' || (revisionInfo(origin.by)?.position ?? 0) > 107) continue;
        found.set(`${table}.${column} ${origin.by}`, { table, column, type, id, by: origin.by });
      }
    }
  }
  return [...found.values()];
}
