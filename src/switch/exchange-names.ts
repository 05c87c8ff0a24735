import type { Exchange, NotesAfter, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import type { PhaseClock } from '../report/phase-clock.ts';
import { refuseConnections, waitUntilEmpty } from './connections.ts';
import type { OwnSessions } from './sessions.ts';

export interface ExchangeOptions {
  place: Place;
  exchange: Exchange;
  /** Sessions that look at the databases; opened before, closed here. */
  sessions: OwnSessions;
  clock: PhaseClock;
  signal: AbortSignal;
  /** Looks while nobody can connect. Throws to refuse; everything is put back then. */
  check: () => Promise<NotesAfter>;
}

/** Seconds for which nobody could connect, and for which the names were in the air. */
export interface ExchangeTimes {
  connectionsOff: number;
  renaming: number;
}

/**
 * Shuts both databases off, looks, exchanges their names, lets connections in again. Whatever fails on the way, an
 * interrupt too, puts everything back; what a crash leaves, `recoverExchange` puts back.
 * @throws what `check` throws; LifeboatError switch-in-use | switch-interrupted | switch-half-done
 */
export async function exchangeNames({ place, exchange, sessions, clock, signal, check }: ExchangeOptions): Promise<ExchangeTimes> {
  const names = [exchange.incoming, ...(exchange.outgoing === null ? [] : [exchange.name])];
  const abort = () => sessions.abort();
  signal.addEventListener('abort', abort, { once: true });
  const off = performance.now();
  let exchanging = off;
  try {
    signal.throwIfAborted();
    clock.phase('shut off');
    await place.begin(exchange);
    await refuseConnections(place, names, sessions.backends);
    const after = await check();
    clock.phase('exchange');
    await sessions.close();
    await waitUntilEmpty(place, names);
    signal.throwIfAborted();
    exchanging = performance.now();
    await place.complete(exchange, after);
  } catch (error) {
    sessions.abort();
    await sessions.close();
    if ((await putBack(place, exchange, error)) === 'undone') {
      if (signal.aborted) throw new LifeboatError('switch-interrupted', { database: exchange.name }, { cause: error });
      throw error;
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
  const end = performance.now();
  clock.end();
  return { connectionsOff: seconds(end - off), renaming: seconds(end - exchanging) };
}

async function putBack(place: Place, exchange: Exchange, cause: unknown): Promise<'undone' | 'finished'> {
  try {
    return await place.undo(exchange);
  } catch (error) {
    const reason = `${cause instanceof Error ? cause.message : String(cause)}; then ${error instanceof Error ? error.message : String(error)}`;
    throw new LifeboatError(
      'switch-half-done',
      { database: exchange.name, built: exchange.incoming, since: exchange.time, reason },
      { cause: error },
    );
  }
}

const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;
