import { formatCountOf } from '../report/format.ts';
import type { Check, CheckContext } from './check.ts';
import { byWindow, examplesOf } from './context-window.ts';
import { findingOf, findRows } from './found-rows.ts';
import { unpaired } from './tool-pairing.ts';

/** Tool calls and returns that do not meet, in windows of one kind. */
export function pairingCheck(
  check: Omit<Check, 'run' | 'effect' | 'severity'> & {
    applies: (context: CheckContext) => boolean;
    windows: (context: CheckContext) => string;
    where: string;
    /** Whose windows: `agent`, `conversation`. */
    owner: string;
  },
): Check {
  const { applies, windows, where, owner, ...described } = check;
  const made: Check = {
    ...described,
    severity: 'error',
    effect:
      'The provider refuses the whole request, so that every message is answered with 400 until the list is put right; there is no general repair in the server (letta-server.md §7.3).',
    run: async (context) => {
      if (!applies(context)) return [];
      const found = await findRows(context.session, byWindow(unpaired(context, windows(context)), `count(*) filter (where kind = 'call')`));
      return findingOf(made, found, (rows) => {
        const entries = Number(rows[0]?.entries);
        const calls = Number(rows[0]?.counted);
        const kinds = [
          ...(calls > 0 ? [formatCountOf(calls, 'tool call without a return', 'tool calls without a return')] : []),
          ...(entries > calls ? [formatCountOf(entries - calls, 'return without a call', 'returns without a call')] : []),
        ];
        return {
          where,
          message: `${kinds.join(' and ')} in the context windows of ${formatCountOf(found.count, owner)}: ${examplesOf(rows)}`,
          why: 'A server sends them as they are; providers refuse such a request, and every message is answered with 400.',
          repair: 'Take the message with the lone call or return out of the window, or put its partner back from a snapshot.',
        };
      });
    },
  };
  return made;
}
