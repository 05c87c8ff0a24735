import { releasesAt } from '../letta/catalogue.ts';
import type { Neighbour, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import { refuseConnections } from './connections.ts';
import { refuseUnfit } from './look.ts';
import { type FormerMark, parseMarks } from './marks.ts';
import { checkName } from './names.ts';
import { rolledBackOf } from './rolled-back.ts';

/** A database that had the name before. */
export interface Former {
  name: string;
  /** What took the name from it: a switch to another one, or a rollback to the one before. */
  by: 'switch' | 'rollback';
  /** Since when it has not, ISO 8601. */
  since: string;
  releases: string[];
  revision: string | null;
  bytes: number | null;
  /** Whether `rollback` leads to it. */
  wayBack: boolean;
}

/** Databases that a switch or a rollback took this name from, oldest first. Changes nothing and opens none of them. */
export async function listFormers(place: Place, name: string): Promise<Former[]> {
  checkName(name);
  const all = await place.databases();
  const formers: Former[] = [];
  for (const { former, by, time, revision, wayBack } of formersOf(all, name)) {
    const releases = revision === null ? [] : releasesAt(revision);
    formers.push({ name: former.name, by, since: time, revision, releases, bytes: await place.size(former.name), wayBack });
  }
  return formers.sort((a, b) => (a.since < b.since ? -1 : 1));
}

export interface DropPlan {
  former: Former;
  steps: string[];
}

/** Drops a former database for good. @throws LifeboatError not-former | no-such-database | switch-in-use | switch-half-done */
export async function dropFormer(
  place: Place,
  name: string,
  dropped: string,
  confirm: (plan: DropPlan) => Promise<boolean>,
): Promise<{ done: boolean; former: Former }> {
  checkName(name);
  checkName(dropped);
  await place.claim();
  const unfinished = await place.unfinished(name);
  if (unfinished)
    throw new LifeboatError('switch-half-done', {
      database: name,
      built: unfinished.incoming,
      since: unfinished.time,
      reason: 'it was cut off',
    });
  const former = (await listFormers(place, name)).find((each) => each.name === dropped);
  const found = (await place.databases()).find((each) => each.name === dropped);
  if (!found) throw new LifeboatError('no-such-database', { database: dropped, reason: `Nothing of that name stands beside ${name}.` });
  if (!former) throw new LifeboatError('not-former', { database: name, former: dropped });
  await refuseUnfit(place, [found]);
  await refuseConnections(place, [dropped], []);
  const steps = [
    `drop ${dropped} with all that is in it`,
    ...(former.by === 'rollback' ? [`what was written to it while it had the name ${name} is nowhere else`] : []),
    ...(former.wayBack ? [`from then on lifeboat rollback cannot go back: this is the database that it would go back to`] : []),
  ];
  if (!(await confirm({ former, steps }))) return { done: false, former };
  // While somebody was asked, another may have renamed it.
  const still = (await place.databases()).find((each) => each.name === dropped);
  if (still?.note !== found.note) throw new LifeboatError('not-former', { database: name, former: dropped });
  await place.drop(dropped);
  return { done: true, former };
}

interface Found extends Pick<Former, 'by' | 'revision' | 'wayBack'> {
  former: Neighbour;
  time: string;
}

/** By the marks that they carry. One that got the name back by hand is in use, whatever its mark says. */
function formersOf(all: readonly Neighbour[], name: string): Found[] {
  const before = all.flatMap((former): Found[] => {
    const mark = parseMarks(former.note);
    if (mark?.state !== 'former' || mark.name !== name || former.name === name) return [];
    return [{ former, by: 'switch', time: mark.time, revision: mark.revision, wayBack: leadsBack(all, name, mark) }];
  });
  const after = rolledBackOf(all, name).map(
    ({ aside, rolledBack: { time, revision } }): Found => ({ former: aside, by: 'rollback', time, revision, wayBack: false }),
  );
  return [...before, ...after];
}

function leadsBack(all: readonly Neighbour[], name: string, { id }: FormerMark): boolean {
  const mark = parseMarks(all.find((each) => each.name === name)?.note ?? null);
  return mark?.state === 'switched' && mark.id === id;
}
