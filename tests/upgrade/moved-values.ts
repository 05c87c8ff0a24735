import { encryptedColumns } from '../../src/letta/secret-columns.ts';
import type { TextRow } from '../../src/postgres/database.ts';
import type { Content } from './content-by-key.ts';
import { secrets } from './secrets.ts';

/** Asks whether a value of the source is somewhere else in the target; `now` are the rows that its row became. */
export type IsMoved = (row: TextRow, now: readonly TextRow[], target: Content) => boolean;

const rowsOf = (target: Content, table: string) => target.get(table) ?? [];
const pair = (target: Content, table: string, wanted: Readonly<Record<string, string | null | undefined>>) =>
  rowsOf(target, table).some((row) => Object.entries(wanted).every(([column, value]) => row[column] === value));

const creator: IsMoved = (row, now) => now.some((each) => each._created_by_id === row.user_id);
const same =
  (from: string, to: string): IsMoved =>
  (row, now) =>
    now.some((each) => each[to] === row[from]);
/** By the passage's archive, once there are archives; a soft-deleted or nameless agent has one too. */
const inArchive: IsMoved = (row, now, target) =>
  now.some(
    (each) => each.agent_id === row.agent_id || pair(target, 'archives_agents', { archive_id: each.archive_id, agent_id: row.agent_id }),
  );
const names = (text: string | null | undefined): unknown[] => {
  const list: unknown = text?.startsWith('[') ? JSON.parse(text) : [];
  return Array.isArray(list) ? list : [];
};

const organizationOfUser: IsMoved = (row, now, target) =>
  now.some((each) => pair(target, 'users', { id: each.user_id ?? row.user_id, organization_id: row.organization_id }));

/** What a run's metadata held is there still, and its agent besides. */
const metadataWithAgent: IsMoved = (row, now) =>
  now.some((each) => {
    const [before, after] = [entries(row.metadata_), entries(each.metadata_)];
    return (
      after.get('agent_id') === row.agent_id &&
      [...before].every(([key, value]) => JSON.stringify(after.get(key)) === JSON.stringify(value))
    );
  });

const opened: ReadonlyMap<string, string> = new Map(Object.values(secrets).map(({ sealed, plain }) => [sealed, plain]));

/** Without a column for what is encrypted, it has to be readable in the older one. */
const readable = encryptedColumns.map(({ table, column, plaintext }): [string, IsMoved] => [
  `${table}.${column}`,
  (row, now) => now.some((each) => each[plaintext] === (opened.get(row[column] ?? '') ?? row[column])),
]);

/** Where values went that are not where they were, and rows of tables that later releases do not have: `table.column`, or `table`. */
export const movedValues: Readonly<Record<string, IsMoved>> = {
  ...Object.fromEntries(readable),
  'agents.user_id': creator,
  'messages.user_id': creator,
  'passages.user_id': creator,
  // A passage of a source was copied to each agent that the source was attached to: the attachment says the same.
  'passages.agent_id': (row, now, target) =>
    inArchive(row, now, target) ||
    pair(target, 'sources_agents', { agent_id: row.agent_id, source_id: row.source_id }) ||
    !pair(target, 'agents', { id: row.agent_id }), // nobody’s: the report speaks of the archive
  'passages.source_id': same('source_id', 'source_id'),
  'passages.file_id': same('file_id', 'file_id'),
  'agent_passages.agent_id': inArchive,
  'agents.identity_id': (row, _, target) => pair(target, 'identities_agents', { agent_id: row.id, identity_id: row.identity_id }),
  'agents.identifier_key': (row, _, target) => pair(target, 'identities', { id: row.identity_id, identifier_key: row.identifier_key }),
  'agents.tool_names': (row, _, target) => {
    const tools = new Map(rowsOf(target, 'tools').map((tool) => [tool.id, tool.name]));
    const has = new Set(rowsOf(target, 'tools_agents').flatMap((link) => (link.agent_id === row.id ? tools.get(link.tool_id ?? '') : [])));
    return names(row.tool_names).every((name) => has.has(String(name)));
  },
  agent_source_mapping: (row, _, target) => pair(target, 'sources_agents', { agent_id: row.agent_id, source_id: row.source_id }),
  job_usage_statistics: ({ prompt_tokens, completion_tokens, total_tokens }, _, target) =>
    pair(target, 'steps', { prompt_tokens, completion_tokens, total_tokens }),
  'llm_batch_items.batch_id': same('batch_id', 'llm_batch_id'),
  'steps.job_id': same('job_id', 'run_id'),
  'step_metrics.job_id': same('job_id', 'run_id'),
  job_messages: (row, _, target) => pair(target, 'messages', { id: row.message_id, run_id: row.job_id }),
  // A run of 0.11 and before is a row of `runs` now, and its user the row's creator.
  'jobs.user_id': creator,
  'jobs._created_by_id': (row, now) => row._created_by_id === null && isRun(row, now),
  'jobs.job_type': (row, now) => isRun(row, now),
  // And back.
  'steps.run_id': same('run_id', 'job_id'),
  'step_metrics.run_id': same('run_id', 'job_id'),
  'messages.run_id': (row, _, target) => pair(target, 'job_messages', { message_id: row.id, job_id: row.run_id }),
  'runs.agent_id': metadataWithAgent,
  'runs.metadata_': metadataWithAgent,
  'runs.organization_id': organizationOfUser,
  'jobs.organization_id': organizationOfUser,
  'archives.vector_db_provider': (row) => row.vector_db_provider === 'NATIVE',
  'sources.vector_db_provider': (row) => row.vector_db_provider === 'NATIVE',
  // Derived again on the way back: from a passage of the archive, or from an agent that it belongs to.
  'archives.embedding_config': ({ id, embedding_config }, _, target) =>
    pair(target, 'archival_passages', { archive_id: id, embedding_config }) ||
    rowsOf(target, 'archives_agents').some(
      (link) => link.archive_id === id && pair(target, 'agents', { id: link.agent_id, embedding_config }),
    ),
  // Letta's own migrations change these too, and for the better: no report speaks of them.
  'tools.tool_type': (row, now) => now.some((each) => each.tool_type === 'external_composio') && (row.tags ?? '').includes('"composio"'),
  'agents.hidden': (row, now, target) =>
    now.some((each) => each.hidden === 'true') && pair(target, 'agents_tags', { agent_id: row.id, tag: 'role:subagent' }),
};

function isRun(row: TextRow, now: readonly TextRow[]): boolean {
  return row.job_type === 'run' && now.some((each) => each.job_type === undefined);
}

function entries(text: string | null | undefined): Map<string, unknown> {
  const value: unknown = text?.startsWith('{') ? JSON.parse(text) : {};
  return new Map(Object.entries(value as object));
}
