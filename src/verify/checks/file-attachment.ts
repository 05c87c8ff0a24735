import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const fileAttachment: Check = {
  code: 'file-attachment',
  group: 'files',
  severity: 'warning',
  looksFor: 'An agent has a file attached that is deleted, or that is in a folder which is deleted or not attached to the agent.',
  effect:
    'Its content stays in the agent’s context window, and no API call reaches it by its folder: a server takes the files off when it takes off the folder (letta/orm/agent.py: file_agents, letta/server/server.py: remove_files_from_context_window).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'files_agents', 'id', 'file_id', 'agent_id', 'source_id', 'is_deleted')) return [];
    if (!has(context, 'files', 'id', 'is_deleted') || !has(context, 'sources', 'id', 'is_deleted')) return [];
    const found = await findRows(
      session,
      `select l.id, l.file_id, l.agent_id from ${qualified(home, null, 'files_agents')} l
        where not l.is_deleted and (${stale(context)})`,
      { toChange: true },
    );
    return findingOf(fileAttachment, found, (rows) => ({
      where: 'files_agents',
      message: `${formatCountOf(found.count, 'attachment')} of a file to an agent that should not see it any more, ${rows[0]?.file_id} to ${rows[0]?.agent_id}`,
      why: 'A server goes on showing these files to the agents, and takes them off with no folder.',
      repair: 'Mark these rows of files_agents as deleted, as a server does; or attach the folder again.',
      changes: rows.map(
        ({ id = null, file_id = null, agent_id = null }): Change => ({
          kind: 'update',
          table: 'files_agents',
          key: { id, file_id, agent_id },
          was: { is_deleted: 'f' },
          set: { is_deleted: 't' },
        }),
      ),
    }));
  },
};

/** Rows that do not exist at all are `foreign-key-violated`. */
function stale(context: CheckContext): string {
  const deleted = (table: string, id: string) =>
    `exists (select from ${qualified(context.home, null, table)} d where d.id = ${id} and d.is_deleted)`;
  const conditions = [deleted('files', 'l.file_id'), deleted('sources', 'l.source_id')];
  if (has(context, 'sources_agents', 'agent_id', 'source_id'))
    conditions.push(
      `not exists (select from ${qualified(context.home, null, 'sources_agents')} s where s.agent_id = l.agent_id and s.source_id = l.source_id)`,
    );
  return conditions.join(' or ');
}
