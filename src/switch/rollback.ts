import { createHash, randomBytes } from 'node:crypto';
import { introspect } from '../postgres/introspect.ts';
import type { Exchange, Neighbour, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import { formatTime } from '../report/format.ts';
import { PhaseClock } from '../report/phase-clock.ts';
import type { Reporter, Warning } from '../report/progress.ts';
import { refuseConnections } from './connections.ts';
import { type ExchangeTimes, exchangeNames } from './exchange-names.ts';
import { lookInside, refuseUnfit } from './look.ts';
import { type FormerMark, parseMarks, type SwitchedMark } from './marks.ts';
import { asideName, checkName } from './names.ts';
import { recoverExchange } from './recover.ts';
import { rolledBackNote, rolledBackOf } from './rolled-back.ts';
import { holdWriters, OwnSessions } from './sessions.ts';
import { writtenSince } from './since.ts';
import { refuseLosses, type Written } from './written.ts';

export interface RollbackPlan {
  id: string;
  name: string;
  /** The database that gets the name back. */
  former: string;
  /** The name that the present one will have: what it had before the switch, where that is free. */
  aside: string;
  /** When the switch was. */
  since: string;
  steps: string[];
}

export interface RollbackOptions {
  place: Place;
  name: string;
  reporter: Reporter;
  signal: AbortSignal;
  confirm: (plan: RollbackPlan) => Promise<boolean>;
  /** Shown what was written since the switch, by a boot or by anybody else. */
  show: (written: Written) => void;
  acceptLosses: string | null;
  now?: () => Date;
}

export interface RollbackResult {
  /** null: a switch that was cut off half-way was put back, and that was all there was to do. */
  plan: RollbackPlan | null;
  done: boolean;
  written: Written | null;
  warnings: Warning[];
  timings: Record<string, number>;
  times: ExchangeTimes;
}

/**
 * Gives the name back to the database that had it before the switch. Rows that a server's boot writes by itself do not
 * stand in the way; any other row that was written since does. @throws LifeboatError a refusal; everything is as it was then
 */
export async function rollBack(options: RollbackOptions): Promise<RollbackResult> {
  const { place, name, reporter, signal, now = () => new Date() } = options;
  const clock = new PhaseClock(reporter);
  const result: RollbackResult = {
    plan: null,
    done: false,
    written: null,
    warnings: [],
    timings: {},
    times: { connectionsOff: 0, renaming: 0 },
  };
  checkName(name);
  clock.phase('look');
  await place.claim();
  const recovered = await recoverExchange(place, name);
  if (recovered) return { ...result, done: true, warnings: [recovered.warning], timings: clock.seconds() };

  const all = await place.databases();
  const { live, mark, former, formerMark } = findWayBack(all, name);
  await refuseUnfit(place, [live, former]);
  await refuseConnections(place, [live.name, former.name], []);
  const { home } = await lookInside(place.database(name));
  const plan = planRollback(name, former, mark, new Set(all.map((each) => each.name)), now());
  result.plan = plan;
  clock.end();
  if (!(await options.confirm(plan))) return result;

  const exchange: Exchange = {
    id: randomBytes(8).toString('hex'),
    time: now().toISOString(),
    name,
    incoming: former.name,
    outgoing: plan.aside,
    before: { incoming: { note: former.note, connectable: true }, outgoing: { note: live.note, connectable: true } },
  };
  const sessions = new OwnSessions();
  try {
    const session = await sessions.open(place.database(name));
    result.times = await exchangeNames({
      place,
      exchange,
      sessions,
      clock,
      signal,
      check: async () => {
        clock.phase('compare');
        await holdWriters(session, name, home ?? 'public');
        result.written = await writtenSince(session, home, await introspect(session, home ?? 'public'), mark.record, mark.time);
        refuseLosses(name, result.written, options.acceptLosses, 'former');
        const rolledBack = { name, time: exchange.time, since: mark.time, revision: mark.record.revision };
        return { incoming: formerMark.before, outgoing: rolledBackNote(mark.before, rolledBack) };
      },
    });
  } finally {
    sessions.abort();
    await sessions.close();
    if (result.written && result.written.tables.length > 0) options.show(result.written);
  }
  return { ...result, done: true, timings: clock.seconds() };
}

interface WayBack {
  live: Neighbour;
  mark: SwitchedMark;
  former: Neighbour;
  formerMark: FormerMark;
}

/** The marks of one switch on both databases; names may have been changed by hand since. @throws LifeboatError no-switch | rolled-back-already | former-gone */
export function findWayBack(all: readonly Neighbour[], name: string): WayBack {
  const live = all.find((each) => each.name === name);
  if (!live)
    throw new LifeboatError('no-such-database', {
      database: name,
      reason: 'There is nothing to go back from; lifeboat switch gives a built database that name.',
    });
  const mark = parseMarks(live.note);
  if (mark?.state !== 'switched') {
    const [last] = rolledBackOf(all, name).toSorted((a, b) => (a.rolledBack.time < b.rolledBack.time ? 1 : -1));
    if (!last) throw new LifeboatError('no-switch', { database: name });
    const { aside, rolledBack } = last;
    const { since, time } = rolledBack;
    throw new LifeboatError('rolled-back-already', { database: name, aside: aside.name, since, time });
  }
  const formers = all.flatMap((each) => {
    const found = parseMarks(each.note);
    return found?.state === 'former' && found.id === mark.id ? [{ former: each, formerMark: found }] : [];
  });
  const way = formers.find(({ former }) => former.name === mark.former) ?? formers[0];
  if (!way) throw new LifeboatError('former-gone', { database: name, former: mark.former ?? 'nothing', since: mark.time });
  return { live, mark, ...way };
}

function planRollback(name: string, former: Neighbour, mark: SwitchedMark, taken: ReadonlySet<string>, now: Date): RollbackPlan {
  const aside = taken.has(mark.built) ? asideName(name, 'rolled_back', now, taken) : mark.built;
  const id = createHash('sha256')
    .update(JSON.stringify([name, former.name, mark.id]))
    .digest('hex')
    .slice(0, 12);
  const steps = [
    `shut ${name} and ${former.name} off: nobody can connect meanwhile`,
    `look for rows that were written to ${name} since ${formatTime(mark.time)}; refuse if there are others than a server's boot writes`,
    `rename ${name} to ${aside} and ${former.name} to ${name}, at once`,
    'let connections in again',
  ];
  return { id, name, former: former.name, aside, since: mark.time, steps };
}
