import { qualified } from '../schema/model.ts';
import type { Change } from './change.ts';
import { type CheckContext, has } from './check.ts';
import { agentWindows } from './context-window.ts';

/** An entry of a context window: the message's role, null when there is no such message. */
export interface WindowEntry {
  id: string;
  role: string | null;
}

/**
 * A window that a server can load: without ids that lead nowhere, each message once (where it stood first), and the system
 * message in front. Pure.
 *
 * @param system the agent's own system message; null when it has none
 */
export function mendedWindow(window: readonly WindowEntry[], system: string | null): string[] {
  const there = window.filter(({ role }) => role !== null);
  const ids = [...new Set(there.map(({ id }) => id))];
  if (there[0]?.role === 'system' || system === null) return ids;
  return [system, ...ids.filter((id) => id !== system)];
}

/**
 * The changes that mend the windows of these agents, all damage of one agent in one change: several findings about one agent
 * propose the same change, not two that contradict each other.
 */
export async function windowChanges(context: CheckContext, agents: readonly string[]): Promise<Change[]> {
  const { session, home } = context;
  const messages = qualified(home, null, 'messages');
  // Conversations have system messages of their own.
  const ownThread = [
    ...(has(context, 'messages', 'conversation_id') ? ['m.conversation_id is null'] : []),
    ...(has(context, 'conversation_messages', 'message_id')
      ? [`not exists (select from ${qualified(home, null, 'conversation_messages')} c where c.message_id = m.id)`]
      : []),
  ];
  const rows = await session.query(
    `select a.id, a.message_ids::text as was,
            (select m.id from ${messages} m
              where ${['m.agent_id = a.id', "m.role = 'system'", 'not m.is_deleted', ...ownThread].join(' and ')}
              order by m.sequence_id limit 1) as system,
            (select json_agg(json_build_object('id', w.message_id, 'role', (select m.role from ${messages} m where m.id = w.message_id)) order by w.position)
               from (${agentWindows(context)}) w where w.owner = a.id) as entries
       from ${qualified(home, null, 'agents')} a
      where a.id in (select json_array_elements_text($1::json)) order by a.id collate "C"`,
    [JSON.stringify(agents)],
  );
  return rows.flatMap(({ id, was, system, entries }): Change[] => {
    const window = JSON.parse(entries ?? '[]') as WindowEntry[];
    const mended = mendedWindow(window, system ?? null);
    if (mended.length === 0 || JSON.stringify(mended) === JSON.stringify(window.map((entry) => entry.id))) return [];
    // Python's json.dumps writes lists so, and the server's own rows look the same.
    const list = `[${mended.map((each) => JSON.stringify(each)).join(', ')}]`;
    return [{ kind: 'update', table: 'agents', key: { id: id ?? '' }, was: { message_ids: was ?? null }, set: { message_ids: list } }];
  });
}
