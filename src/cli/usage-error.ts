import { LifeboatError } from '../report/errors.ts';

/** Wrong or missing words on the command line, known before anything is changed. `help`: what to do, usually a command. */
export function usageError(reason: string, help: string, why = 'Nothing was changed.'): LifeboatError {
  return new LifeboatError('usage', { reason, help, why });
}
