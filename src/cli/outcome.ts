import { exitCodes } from '../report/exit-codes.ts';
import type { Tone } from '../report/output.ts';

/** Exit code and tone of something that finished: differences (4) win over what is partial (3). */
export function outcome(facts: { differences?: boolean; partial?: boolean }): { exit: number; tone: Tone } {
  if (facts.differences) return { exit: exitCodes.differences, tone: 'bad' };
  return facts.partial ? { exit: exitCodes.partial, tone: 'warning' } : { exit: exitCodes.done, tone: 'good' };
}
