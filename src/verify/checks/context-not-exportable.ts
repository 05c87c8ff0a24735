import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { agentWindows } from '../context-window.ts';
import { windowCheck } from '../window-check.ts';

/** How many messages 0.11.7 writes into an export (`limit=50`, letta/schemas/agent_file.py). */
const exported = 50;

export const contextNotExportable: Check = windowCheck({
  code: 'context-not-exportable',
  severity: 'warning',
  looksFor: `At 0.11.7: a message in an agent’s context window that is not among the agent’s ${exported} oldest.`,
  effect: `GET /v1/agents/{id}/export answers 500: 0.11.7 writes the ${exported} oldest messages that are no errors, and does not fetch the others of the window, as 0.12.0 does; all else works (letta/schemas/agent_file.py and letta/services/agent_serialization_manager.py at 0.11.7; letta-server.md §8.1, §11 row 17).`,
  applies: (context) => context.release === '0.11.7' && has(context, 'messages', 'is_err'),
  // Soft-deleted messages count: 0.11.7 lists them, too. What is no message of the agent's own, the other checks tell.
  find: ({ home }) => {
    const messages = qualified(home, null, 'messages');
    // `offset 0` keeps the last one from being looked for once per message of a window: once per agent is enough.
    return `select w.owner, w.message_id from (${agentWindows({ home })}) w
              join ${messages} m on m.id = w.message_id and m.agent_id = w.owner
              join (select a.id, (select o.sequence_id from ${messages} o where o.agent_id = a.id and o.is_err is not true
                                   order by o.sequence_id offset ${exported - 1} limit 1) as last
                      from ${qualified(home, null, 'agents')} a offset 0) e on e.id = w.owner
             where m.is_err is true or m.sequence_id > e.last`;
  },
  what: [`is not among the ${exported} oldest that the agent has`, `are not among the ${exported} oldest that each has`],
  why: 'Letta 0.11.7 answers 500 when such an agent is exported.',
  repair: 'Export with ?use_legacy_format=true (and a large max_steps), or upgrade: 0.12.0 exports the whole window.',
  mends: false,
});
