import { releasesAt } from '../letta/catalogue.ts';
import type { Neighbour, Place } from '../postgres/place.ts';
import { LifeboatError } from '../report/errors.ts';
import { refuseConnections } from './connections.ts';
import { refuseUnfit } from './look.ts';
import { type FormerMark, parseMarks } from './marks.ts';
import { checkName } from './names.ts';

/** A database that had the name before. */
export interface Former {
  name: string;
  /** Since when it has not. */
  since: string;
  releases: string[];
  revision: string | null;
  bytes: number | null;
  /** Whether `rollback` leads to it. */
  wayBack: boolean;
}

/** Databases that a switch put aside for this name, oldest first. Changes nothing and opens none of them. */
export async function listFormers(place: Place, name: string): Promise<Former[]> {
  checkName(name);
  const all = await place.databases();
  const formers: Former[] = [];
  for (const { former, mark } of formersOf(all, name)) {
    formers.push({
      name: former.name,
      since: mark.time,
      revision: mark.revision,
      releases: mark.revision === null ? [] : releasesAt(mark.revision),
      bytes: await place.size(former.name),
      wayBack: leadsBack(all, name, mark),
    });
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
    ...(former.wayBack ? [`from then on lifeboat rollback cannot go back: this is the database that it would go back to`] : []),
  ];
  if (!(await confirm({ former, steps }))) return { done: false, former };
  // While somebody was asked, another may have renamed it.
  const still = (await place.databases()).find((each) => each.name === dropped);
  if (still?.note !== found.note) throw new LifeboatError('not-former', { database: name, former: dropped });
  await place.drop(dropped);
  return { done: true, former };
}

function formersOf(all: readonly Neighbour[], name: string): { former: Neighbour; mark: FormerMark }[] {
  return all.flatMap((former) => {
    const mark = parseMarks(former.note);
    return mark?.state === 'former' && mark.name === name ? [{ former, mark }] : [];
  });
}

function leadsBack(all: readonly Neighbour[], name: string, { id }: FormerMark): boolean {
  const mark = parseMarks(all.find((each) => each.name === name)?.note ?? null);
  return mark?.state === 'switched' && mark.id === id;
}
