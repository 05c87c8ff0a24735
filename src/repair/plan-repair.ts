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
  /** Mendable afterwards, once more: another finding that comes first changes the same rows, or there is too much for one record. */
  later: Finding[];
  /** What is wrong and no change mends: only advice, or nothing that can be done. */
  advice: Finding[];
  /** Each once; sequences last, so that nobody waits for one longer than it takes. */
  changes: Change[];
}

/** Bytes of JSON that the changes of one plan may take: with rows that came or went in full, they have to fit into a record. */
const largestPlan = 10 * 1024 * 1024;

/** Pure. */
export function planRepair(
  findings: readonly Finding[],
  { identity, model }: { identity: TargetIdentity; model: DatabaseModel },
): RepairPlan {
  const planned = new Map<string, Touch>();
  const rows = new Map<string, Touch[]>();
  let bytes = 0;
  const plan = { mend: [] as Finding[], later: [] as Finding[], advice: [] as Finding[] };
  for (const finding of findings) {
    const touches = finding.changes.map((change) => touchOf(change, model)).filter(({ json }) => json.length <= largestPlan);
    if (touches.length === 0) {
      if (finding.severity !== 'note') plan.advice.push(finding);
      continue;
    }
    const collides = touches.some((touch) => rows.get(touch.row)?.some((other) => contradicts(other, touch)));
    const fitting: Touch[] = [];
    for (const touch of collides ? [] : touches) {
      if (!planned.has(touch.json)) {
        if (bytes + touch.json.length > largestPlan) break;
        bytes += touch.json.length;
        planned.set(touch.json, touch);
        rows.set(touch.row, [...(rows.get(touch.row) ?? []), touch]);
      }
      fitting.push(touch);
    }
    if (fitting.length > 0) plan.mend.push({ ...finding, changes: fitting.map(({ change }) => change) });
    if (fitting.length < touches.length) plan.later.push(finding);
  }
  const last = ({ kind }: Change) => Number(kind === 'set sequence');
  const changes = [...planned.values()].map(({ change }) => change).sort((a, b) => last(a) - last(b));
  const id = createHash('sha256')
    .update(JSON.stringify([identity, changes]))
    .digest('hex')
    .slice(0, 12);
  return { id, identity, ...plan, changes };
}

/** What a change reads or writes. */
interface Touch {
  change: Change;
  json: string;
  row: string;
  /** null: the whole row, or a sequence. */
  columns: ReadonlySet<string> | null;
}

function touchOf(change: Change, model: DatabaseModel): Touch {
  const columns = change.kind === 'update' ? new Set([...Object.keys(change.set), ...Object.keys(change.was)]) : null;
  return { change, json: JSON.stringify(change), row: rowOf(change, model), columns };
}

/** Whether two changes of one row cannot both be made: the second would not find what it expects. */
function contradicts(a: Touch, b: Touch): boolean {
  if (a.json === b.json) return false;
  const [some, others] = [a.columns, b.columns];
  return some === null || others === null || [...some].some((column) => others.has(column));
}

/** Names the row (or sequence) that a change concerns: by its primary key where the table has one. */
function rowOf(change: Change, model: DatabaseModel): string {
  if (change.kind === 'set sequence') return JSON.stringify([change.sequence]);
  const values = change.kind === 'update' ? change.key : change.row;
  const key = model.tables.find(({ schema, name }) => schema === null && name === change.table)?.primaryKey?.columns ?? [];
  const named = key.length > 0 && key.every((column) => column in values) ? key : Object.keys(values).sort();
  return JSON.stringify([change.table, ...named.map((column) => [column, values[column]])]);
}
