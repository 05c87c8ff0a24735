import { setTimeout as sleep } from 'node:timers/promises';
import { describeConnections } from '../postgres/connections.ts';
import type { Connection, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';

/** How long sessions that are just ending may take. */
const patience = 5000;

/** @throws LifeboatError switch-in-use that says who is connected */
export async function refuseConnections(place: Place, names: readonly string[], own: readonly number[]): Promise<void> {
  const found = await place.connections(names, own);
  if (found.length > 0) throw inUse(found);
}

/** Waits for sessions that were just closed, or whose client was killed. @throws LifeboatError switch-in-use */
export async function waitUntilEmpty(place: Place, names: readonly string[]): Promise<void> {
  for (const end = Date.now() + patience; ; await sleep(5)) {
    const found = await place.connections(names, []);
    if (found.length === 0) return;
    if (Date.now() > end || found.some(({ application }) => application !== 'lifeboat')) throw inUse(found);
  }
}

function inUse(connections: readonly Connection[]): LifeboatError {
  const databases = [...new Set(connections.map(({ database }) => database))];
  return new LifeboatError('switch-in-use', {
    database: databases.join(' and '),
    connections: connections.length,
    who: describeConnections(connections),
    processes: connections.map(({ pid }) => String(pid)),
  });
}
