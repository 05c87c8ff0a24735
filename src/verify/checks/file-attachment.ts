import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

/** Rows that do not exist at all are `foreign-key-violated`. */
export const fileAttachment: Check = {
  code: 'file-attachment',
  group: 'files',
  severity: 'warning',
  looksFor: 'An agent has a file attached that is deleted, or that is in a folder which is deleted or not attached to the agent.',
  effect:
    'Its content stays in the agent’s context window, and no API call reaches it by its folder: a server takes the files off when it takes off the folder (letta/orm/agent.py: file_agents, letta/server/server.py: remove_files_from_context_window).',
  run: async (context) => {
    if (!has(context, 'files_agents', 'id', 'file_id', 'agent_id', 'source_id', 'is_deleted')) return [];
    if (!has(context, 'files', 'id', 'is_deleted') || !has(context, 'sources', 'id', 'is_deleted')) return [];
    return [...(await ofDeleted(context)), ...(await ofUnattached(context))];
  },
};

const attachments = (home: string, where: string): string =>
  `select l.id, l.file_id, l.agent_id from ${qualified(home, null, 'files_agents')} l where not l.is_deleted and ${where}`;

const deleted = (home: string): string => {
  const of = (table: string, id: string) => `exists (select from ${qualified(home, null, table)} d where d.id = ${id} and d.is_deleted)`;
  return `(${of('files', 'l.file_id')} or ${of('sources', 'l.source_id')})`;
};

async function ofDeleted({ session, home }: CheckContext): Promise<Finding[]> {
  const found = await findRows(session, attachments(home, deleted(home)), { toChange: true });
  return findingOf(fileAttachment, found, (rows) => ({
    where: 'files_agents',
    message: `${formatCountOf(found.count, 'attachment')} of a file that is deleted, or in a deleted folder, ${rows[0]?.file_id} to ${rows[0]?.agent_id}`,
    why: 'A server goes on showing these files to the agents.',
    repair: 'Mark these rows of files_agents as deleted, as a server does when it takes a file off.',
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
}

/** Nobody can tell whether the folder was taken off, or its attachment was lost. */
async function ofUnattached(context: CheckContext): Promise<Finding[]> {
  const { session, home } = context;
  if (!has(context, 'sources_agents', 'agent_id', 'source_id')) return [];
  const found = await findRows(
    session,
    attachments(
      home,
      `not ${deleted(home)} and not exists (
         select from ${qualified(home, null, 'sources_agents')} s where s.agent_id = l.agent_id and s.source_id = l.source_id)`,
    ),
  );
  return findingOf(fileAttachment, found, (rows) => ({
    where: 'files_agents.source_id',
    message: `${formatCountOf(found.count, 'attachment')} of a file whose folder the agent does not have, ${rows[0]?.file_id} to ${rows[0]?.agent_id}`,
    why: 'A server goes on showing these files to the agents, but lists no folder for them, and takes them off with none.',
    repair: 'Attach the folder to the agent again (PATCH /v1/agents/{id}/folders/attach/{folder}), and detach it where it is not meant.',
  }));
}
