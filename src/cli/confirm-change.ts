import type { PlanView } from '../report/output.ts';
import type { Context } from './context.ts';
import { askForWord } from './prompts.ts';
import { usageError } from './usage-error.ts';

/** @throws LifeboatError usage where nobody can be asked */
export function mustAsk({ yes, interactive }: Context, what: string): void {
  if (yes || interactive) return;
  throw usageError(`${what} shows its plan and asks; off a terminal nobody can answer.`, 'Run the same command again with --yes.');
}

/** Shows a plan and asks for the name of the database that it changes. */
export async function confirmChange({ output, yes, signal }: Context, plan: PlanView, message: string, name: string): Promise<boolean> {
  output.plan(plan);
  if (yes) return true;
  output.settle();
  return await askForWord(message, name, signal);
}
