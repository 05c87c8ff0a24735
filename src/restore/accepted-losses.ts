import { createHash } from 'node:crypto';
import type { Loss } from '../upgrade/loss.ts';
import type { RestorePlan } from './plan.ts';

/**
 * Names what was dropped: the same id as long as the way and every dropped place with its rows are the same. The
 * plan's own id stands for the losses that it names; this one also for those that only the built rows could tell.
 */
export function reportId({ way }: RestorePlan, losses: readonly Loss[]): string {
  const dropped = losses
    .filter((loss) => loss.class === 'dropped')
    .map(({ table, column, rows, reason }) => JSON.stringify([table, column, rows, reason]))
    .sort();
  const facts = [way?.from.revision, way?.to.revision, dropped];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
}

/** Whether the user accepted exactly what was dropped: by the report's id, or by the plan's when it named all of it. */
export function isAccepted(accepted: string | undefined, plan: RestorePlan, losses: readonly Loss[]): boolean {
  if (accepted === undefined) return false;
  if (accepted === reportId(plan, losses)) return true;
  const planned = new Set((plan.way?.losses ?? []).map(keyOf));
  return accepted === plan.id && losses.every((loss) => loss.class !== 'dropped' || planned.has(keyOf(loss)));
}

const keyOf = ({ table, column, rows }: Loss): string => JSON.stringify([table, column, rows]);
