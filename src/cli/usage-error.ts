import { LifeboatError } from '../report/errors.ts';

/** Wrong or missing words on the command line. `help`: what to do, usually a command. */
export function usageError(reason: string, help: string): LifeboatError {
  return new LifeboatError('usage', { reason, help });
}
