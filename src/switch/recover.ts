import type { Exchange, Place } from '../postgres/place.ts';
import { formatTime } from '../report/format.ts';
import type { Warning } from '../report/progress.ts';
import { waitUntilEmpty } from './connections.ts';

/**
 * Ends what an exchange that was killed half-way left: nobody can connect to either database then. The caller holds the
 * claim, so no exchange is running. @returns what was done, null when there was nothing to do
 */
export async function recoverExchange(place: Place, name: string): Promise<{ exchange: Exchange; warning: Warning } | null> {
  const exchange = await place.unfinished(name);
  if (exchange === null) return null;
  const outcome = await place.undo(exchange);
  // The sessions of whoever was killed end as soon as they notice.
  await waitUntilEmpty(place, [exchange.name, exchange.incoming]).catch(() => {});
  const what =
    outcome === 'undone'
      ? `both databases have their names of before and let connections in again`
      : `both names were exchanged already, so it is done`;
  return {
    exchange,
    warning: {
      code: outcome === 'undone' ? 'switch-undone' : 'switch-finished',
      message: `A switch of ${exchange.name} to ${exchange.incoming} was cut off half-way (begun ${formatTime(exchange.time)}): ${what}`,
      partial: false,
    },
  };
}
