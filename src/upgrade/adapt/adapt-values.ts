import { isRead } from '../../letta/accepted-values.ts';
import { servingRelease } from '../../letta/serving-release.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { adaptRules } from './rules.ts';

/**
 * Changes the values that the target's server would refuse when it loads them — one such value makes an agent or a whole list
 * unreadable — as little as possible; every change is logged (`alterations.ts`) and said. Values that it accepts stay as they are, to the byte.
 *
 * @param release the server that will run on the database, where several share the revision; the newest of them by default
 * @throws RangeError for a release before 0.11.0, whose models nobody has read
 */
export async function adaptValues(built: Built, release: string = servingRelease(built.to)): Promise<Loss[]> {
  if (!isRead(release)) throw new RangeError(`what Letta ${release} accepts is not known`);
  const losses: Loss[] = [];
  for (const rule of adaptRules) {
    if (rule.applies(release)) losses.push(...(await rule.run(built, release)));
  }
  return losses;
}
