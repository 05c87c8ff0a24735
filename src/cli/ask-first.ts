import type { Context } from './context.ts';
import { usageError } from './usage-error.ts';

/** A verb that asks before it changes something needs someone to answer. @throws LifeboatError usage */
export function askFirst({ yes, interactive }: Context, { dryRun }: { dryRun?: true }, verb: string): void {
  if (dryRun || yes || interactive) return;
  throw usageError(
    `${verb} shows its plan and asks; off a terminal nobody can answer.`,
    'Run the same command again with --yes, or with --dry-run to see the plan.',
  );
}
