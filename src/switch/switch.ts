import { randomBytes } from 'node:crypto';
import { findHome } from '../postgres/home.ts';
import { introspect } from '../postgres/introspect.ts';
import type { Exchange, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import { PhaseClock } from '../report/phase-clock.ts';
import type { Reporter, Warning } from '../report/progress.ts';
import type { Vault } from '../vault/vault.ts';
import { compareLive, type LiveComparison } from './compare-live.ts';
import { type ExchangeTimes, exchangeNames } from './exchange-names.ts';
import { lookAtBoth } from './look-at-both.ts';
import { markText } from './marks.ts';
import { checkName } from './names.ts';
import { planSwitch, type SwitchPlan } from './plan-switch.ts';
import { takeRecord } from './record.ts';
import { recoverExchange } from './recover.ts';
import { holdWriters, OwnSessions, seeTheSame } from './sessions.ts';
import { refuseLosses, type Written } from './written.ts';

export interface SwitchOptions {
  place: Place;
  /** The name that changes hands. */
  name: string;
  /** The database that gets it. */
  built: string;
  /** Need not succeed where there are no rows to compare. */
  openVault: () => Promise<Vault>;
  reporter: Reporter;
  signal: AbortSignal;
  /** Shown the plan before anything is changed; false ends it with nothing done. */
  confirm: (plan: SwitchPlan) => Promise<boolean>;
  /** Shown what was written since the snapshot, whether it is accepted or not. */
  show: (written: Written) => void;
  /** Id of the report whose rows may be lost. */
  acceptLosses: string | null;
  /** Whether `built` may come from a snapshot of another database. */
  acceptOtherSource: boolean;
  now?: () => Date;
}

export interface SwitchResult {
  plan: SwitchPlan;
  /** False when the user said no. */
  done: boolean;
  comparison: LiveComparison | null;
  warnings: Warning[];
  timings: Record<string, number>;
  times: ExchangeTimes;
}

/**
 * Gives a built database the name of the live one, which stays beside it under another name. Nothing is renamed unless
 * the live one holds exactly the snapshot that the built one came from. @throws LifeboatError a refusal; everything is
 * as it was then
 */
export async function switchTo(options: SwitchOptions): Promise<SwitchResult> {
  const { place, name, built: builtName, reporter, signal, now = () => new Date() } = options;
  const clock = new PhaseClock(reporter);
  checkName(name);
  checkName(builtName);
  if (name === builtName) throw new LifeboatError('switch-same-database', { database: name });
  clock.phase('look');
  await place.claim();
  const recovered = await recoverExchange(place, name);
  const warnings = recovered ? [recovered.warning] : [];
  if (recovered) reporter.warning(recovered.warning);

  const { all, built, builtInside, live, liveInside, mark, compared, manifest, notes, newer } = await lookAtBoth(options);
  for (const note of notes) reporter.warning(note);
  const taken = new Set(all.map((each) => each.name));
  const plan = planSwitch({ name, built, builtInside, live, liveInside, manifest, newer, taken, now: now() });
  const result: SwitchResult = {
    plan,
    done: false,
    comparison: null,
    warnings: [...warnings, ...notes, ...plan.notes],
    timings: {},
    times: { connectionsOff: 0, renaming: 0 },
  };
  clock.end();
  if (!(await options.confirm(plan))) return result;

  const time = now().toISOString();
  const exchange: Exchange = {
    id: randomBytes(8).toString('hex'),
    time,
    name,
    incoming: builtName,
    outgoing: plan.former,
    before: { incoming: { note: built.note, connectable: true }, outgoing: live && { note: live.note, connectable: true } },
  };
  const sessions = new OwnSessions();
  try {
    const newDatabase = place.database(builtName);
    const inBuilt = await sessions.open(newDatabase);
    const oldDatabase = compared ? place.database(name) : null;
    const inLive = oldDatabase ? [await sessions.open(oldDatabase)] : [];
    if (oldDatabase && oldDatabase.capabilities.sessions > 1) inLive.push(await sessions.open(oldDatabase));
    result.times = await exchangeNames({
      place,
      exchange,
      sessions,
      clock,
      signal,
      check: async () => {
        clock.phase('record');
        const home = await findHome(inBuilt);
        const record = await takeRecord(inBuilt, home, await introspect(inBuilt, home));
        const [first, ...more] = inLive;
        if (compared && liveInside?.home && first) {
          const { vault, manifest } = compared;
          clock.phase('compare', { rows: manifest.totals.rows, bytes: manifest.totals.bytes });
          await holdWriters(first, name, liveInside.home);
          for (const session of more) await seeTheSame(session);
          result.comparison = await compareLive({ sessions: [first, ...more], home: liveInside.home, vault, manifest, reporter, signal });
          const upgraded = liveInside.revisions[0] !== builtInside.revisions[0];
          refuseLosses(name, result.comparison.written, options.acceptLosses, upgraded ? 'upgraded' : 'restored');
        }
        const shared = { lifeboat: 1 as const, id: exchange.id, time, name };
        return {
          incoming: markText({
            ...shared,
            state: 'switched',
            built: builtName,
            vault: mark.vault,
            snapshot: mark.snapshot,
            former: plan.former,
            record,
            before: built.note,
          }),
          outgoing: markText({ ...shared, state: 'former', revision: liveInside?.revisions[0] ?? null, before: live?.note ?? null }),
        };
      },
    });
  } finally {
    sessions.abort();
    await sessions.close();
    if (result.comparison && result.comparison.written.tables.length > 0) options.show(result.comparison.written);
  }
  return { ...result, done: true, timings: clock.seconds() };
}
