import { revisionInfo } from '../../../src/letta/catalogue.ts';
import { branchValue } from '../../../src/upgrade/relation.ts';
import { liveChecks } from '../../../src/upgrade/run-checks.ts';
import type { UpgradePlan } from '../../../src/upgrade/upgrade-plan.ts';

export interface LateColumn {
  table: string;
  column: string;
  type: string;
  id: number;
  /** The revision whose step gives it its value. */
  by: string;
}

/** The built columns whose values steps of 0.11.1 … 0.16.8 compute. */
export function lateColumns(plan: UpgradePlan): LateColumn[] {
  const found = new Map<string, LateColumn>();
  for (const { name: table, columns, branches } of plan.chain.state.values()) {
    for (const branch of branches) {
      for (const { id, name: column, type } of columns) {
        const { origin } = branchValue(branch, id);
        if (origin.kind !== 'derived' || (revisionInfo(origin.by)?.position ?? 0) <= 107) continue;
        found.set(`${table}.${column} ${origin.by}`, { table, column, type, id, by: origin.by });
      }
    }
  }
  return [...found.values()];
}

/** Those of them that no living check of their step names. */
export function withoutCheck(plan: UpgradePlan): string[] {
  const checked = new Set(
    liveChecks({ plan }).flatMap(({ check, by, names }) =>
      check.of.columns.map((column) => `${names.get(check.of.table)?.get(column)} ${by}`),
    ),
  );
  return lateColumns(plan)
    .filter(({ id, by }) => !checked.has(`${id} ${by}`))
    .map(({ table, column, by }) => `${table}.${column} by ${by}`);
}
