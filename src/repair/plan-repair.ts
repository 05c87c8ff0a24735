import { createHash } from 'node:crypto';
import type { DatabaseModel } from '../schema/model.ts';
import type { Change } from '../verify/change.ts';
import type { Finding } from '../verify/finding.ts';
import type { TargetIdentity } from './repair-target.ts';

/** What a repair would do: data, and the same id as long as nothing changed. */
export interface RepairPlan {
  /** 12 hex digits: a hash of the database and the changes. */
  id: string;
  identity: TargetIdentity;
  /** In the order in which they are mended. */
  mend: Finding[];
  /** Mendable, but another finding that comes first changes the same rows: once more afterwards. */
  later: Finding[];
  /** What is wrong and no change mends: only advice, or nothing that can be done. */
  advice: Finding[];
  /** Each once; sequences last, so that nobody waits for one longer than it takes. */
  changes: Change[];
}

/** Pure. */
export function planRepair(
  findings: readonly Finding[],
  { identity, model }: { identity: TargetIdentity; model: DatabaseModel },
): RepairPlan {
  const rows = new Map<string, { json: string; columns: Set<string> | null }[]>();
  const changes = new Map<string, Change>();
  const plan = { mend: [] as Finding[], later: [] as Finding[], advice: [] as Finding[] };
  for (const finding of findings) {
    if (finding.changes.length === 0) {
      if (finding.severity !== 'note') plan.advice.push(finding);
      continue;
    }
    const touches = finding.changes.map((change) => ({
      change,
      json: JSON.stringify(change),
      row: rowOf(change, model),
      columns: columnsOf(change),
    }));
    const collides = touches.some(({ json, row, columns }) =>
      rows.get(row)?.some((other) => other.json !== json && overlap(other.columns, columns)),
    );
    if (collides) {
      plan.later.push(finding);
      continue;
    }
    plan.mend.push(finding);
    for (const { change, json, row, columns } of touches) {
      if (changes.has(json)) continue;
      changes.set(json, change);
      rows.set(row, [...(rows.get(row) ?? []), { json, columns }]);
    }
  }
  const ordered = [...changes.values()].sort((a, b) => Number(a.kind === 'set sequence') - Number(b.kind === 'set sequence'));
  const id = createHash('sha256')
    .update(JSON.stringify([identity, ordered]))
    .digest('hex')
    .slice(0, 12);
  return { id, identity, ...plan, changes: ordered };
}

/** Names the row (or sequence) that a change concerns: by its primary key where the table has one. */
function rowOf(change: Change, model: DatabaseModel): string {
  if (change.kind === 'set sequence') return JSON.stringify([change.sequence]);
  const values = change.kind === 'update' ? change.key : change.row;
  const key = model.tables.find(({ schema, name }) => schema === null && name === change.table)?.primaryKey?.columns ?? [];
  const named = key.length > 0 && key.every((column) => column in values) ? key : Object.keys(values).sort();
  return JSON.stringify([change.table, ...named.map((column) => [column, values[column]])]);
}

/** Columns that a change reads or writes; null: the whole row, or a sequence. */
function columnsOf(change: Change): Set<string> | null {
  return change.kind === 'update' ? new Set([...Object.keys(change.set), ...Object.keys(change.was)]) : null;
}

function overlap(a: Set<string> | null, b: Set<string> | null): boolean {
  return a === null || b === null || [...a].some((column) => b.has(column));
}
