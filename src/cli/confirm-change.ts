import type { PlanView } from '../report/output.ts';
import type { Context } from './context.ts';
import { askForWord } from './prompts.ts';
import { usageError } from './usage-error.ts';

/**
 * Shows a plan and asks for the name of the database that it changes. @throws LifeboatError usage where nobody can be
 * asked: the plan was shown all the same, as a dry run would
 */
export async function confirmChange(
  { output, yes, interactive, signal }: Context,
  plan: PlanView,
  message: string,
  name: string,
): Promise<boolean> {
  output.plan(plan);
  if (yes) return true;
  if (!interactive)
    throw usageError(
      'This plan is carried out when somebody agrees; off a terminal nobody can be asked. Nothing was changed.',
      'Run the same command again with --yes, if the plan is right.',
    );
  output.settle();
  return await askForWord(message, name, signal);
}
