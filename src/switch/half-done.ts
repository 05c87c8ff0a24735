import type { Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';

/** The error that says what a switch that was cut off left, or null. Changes nothing. */
export async function halfDone(place: Place, name: string): Promise<LifeboatError | null> {
  const exchange = await place.unfinished(name);
  if (exchange === null) return null;
  try {
    await place.claim();
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'switch-running') return error;
    throw error;
  }
  return new LifeboatError('switch-half-done', {
    database: exchange.name,
    built: exchange.incoming,
    since: exchange.time,
    reason: 'whoever did it was killed, or lost the server',
  });
}
