import { formatCountOf } from '../report/format.ts';
import type { Check, CheckContext } from './check.ts';
import { byWindow, examplesOf, hasAgentWindows } from './context-window.ts';
import { findingOf, findRows } from './found-rows.ts';
import { windowChanges } from './mend-windows.ts';

/** A check of `agents.message_ids`: one finding that names the agents. */
export function windowCheck(
  check: Omit<Check, 'run' | 'group'> & {
    /** Whether this database's server does it; every one when absent. */
    applies?: (context: CheckContext) => boolean;
    /** Selects `owner` and `message_id`, one row per entry of a window that is concerned. */
    find: (context: CheckContext) => string;
    /** What is wrong, after “1 message in the context windows of 1 agent” and after “2 messages …”. */
    what: readonly [one: string, several: string];
    why: string;
    repair: string;
    /** Whether `--repair` may write the mended list (`mendedWindow`). */
    mends: boolean;
  },
): Check {
  const { find, what, why, repair, mends, applies = () => true, ...described } = check;
  return {
    ...described,
    group: 'context',
    run: async (context) => {
      if (!hasAgentWindows(context) || !applies(context)) return [];
      const found = await findRows(context.session, byWindow(find(context)), { toChange: mends });
      const ids = found.rows.map(({ id }) => id ?? '');
      const changes = mends && ids.length === found.count ? await windowChanges(context, ids) : [];
      const entries = Number(found.rows[0]?.entries);
      return findingOf(check, found, (rows) => ({
        where: 'agents.message_ids',
        message: `${formatCountOf(entries, 'message')} in the context windows of ${formatCountOf(found.count, 'agent')} ${what[entries === 1 ? 0 : 1]}: ${examplesOf(rows)}`,
        why,
        repair,
        changes,
      }));
    },
  };
}
