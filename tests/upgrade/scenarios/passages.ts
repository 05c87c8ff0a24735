import type { Scenario } from '../scenarios.ts';

const divided = '54dec07619c4';
const shared = '74e860718e0d';
const old = (name: string, where: string, to?: number): Scenario => ({
  name: `old passage ${name}`,
  needs: ['passages'],
  enters: divided,
  proof: `select 1 from passages p where ${where}`,
  ...(to && { to }),
});
const ofAgent = (name: string, where: string): Scenario => ({
  name: `agent ${name}`,
  needs: ['agent_passages'],
  enters: shared,
  proof: `select 1 from agents a where ${where}`,
});
const has = (deleted: boolean) => `exists (select from agent_passages p where p.agent_id = a.id and p.is_deleted = ${deleted})`;

/** Archival memory, sources and their files. */
export const passageScenarios: readonly Scenario[] = [
  old('of an agent', 'agent_id is not null and source_id is null'),
  old('of a file', 'agent_id is null and file_id is not null'),
  old('of a source without a file', 'agent_id is null and source_id is not null and file_id is null'),
  old('of an agent and a source', 'agent_id is not null and source_id is not null'),
  old('of neither agent nor source', 'agent_id is null and source_id is null'),
  old('of a source that is gone', 'source_id is not null and not exists (select from sources s where s.id = p.source_id)'),
  old('of an agent that is gone', 'agent_id is not null and not exists (select from agents a where a.id = p.agent_id)', 14),
  old('of a file that is gone', 'file_id is not null and not exists (select from files f where f.id = p.file_id)', 14),
  { ...old('of a user who is gone', 'not exists (select from users u where u.id = p.user_id)', 14), enters: 'c5d964280dff' },
  {
    ...old(
      'without text, configuration and date',
      'text is null and embedding_config is null and metadata_ is null and created_at is null',
      14,
    ),
    enters: 'c5d964280dff',
  },
  ofAgent('with live passages only', `${has(false)} and not ${has(true)}`),
  ofAgent('with soft-deleted passages only', `${has(true)} and not ${has(false)}`),
  ofAgent('with live and soft-deleted passages', `${has(true)} and ${has(false)}`),
  ofAgent('without passages', `not ${has(true)} and not ${has(false)}`),
  ofAgent('that is soft-deleted and has passages', `a.is_deleted and ${has(false)}`),
  ofAgent('without a name and with passages', `a.name is null and ${has(false)}`),
  {
    ...ofAgent(
      'with passages and a namesake with passages',
      `a.name = 'Twin' and ${has(false)} and exists (select from agents b join agent_passages q on q.agent_id = b.id where b.id <> a.id and b.name = a.name and b.organization_id = a.organization_id)`,
    ),
    from: 24,
  },
  {
    name: 'archive without passages',
    needs: ['archives'],
    enters: 'f6cd5a1e519d',
    proof: 'select 1 from archives a where not exists (select from archival_passages p where p.archive_id = a.id)',
  },
  {
    name: 'archive with soft-deleted passages only',
    needs: ['archives'],
    enters: 'f6cd5a1e519d',
    proof: 'select 1 from archives a join archival_passages p on p.archive_id = a.id group by a.id having bool_and(p.is_deleted)',
  },
  {
    name: 'archive whose passages have several configurations',
    needs: ['archives'],
    enters: 'f6cd5a1e519d',
    proof: 'select 1 from archival_passages group by archive_id having count(distinct embedding_config::text) > 1',
  },
  {
    name: 'archive whose passages have JSON null as configuration',
    needs: ['archives'],
    enters: 'f6cd5a1e519d',
    proof: `select 1 from archival_passages group by archive_id having bool_and(embedding_config::text = 'null')`,
  },
  {
    name: 'archive of nobody',
    needs: ['archives'],
    proof: 'select 1 from archives a where not exists (select from archives_agents l where l.archive_id = a.id)',
  },
  { name: 'archive of two agents', needs: ['archives'], proof: 'select 1 from archives_agents group by archive_id having count(*) > 1' },
  { name: 'archive that is soft-deleted', needs: ['archives'], proof: 'select 1 from archives where is_deleted' },
  {
    name: 'archive and passage without configuration',
    needs: ['archives.embedding_config'],
    from: 159,
    enters: '297e8217e952',
    proof: 'select 1 from archives a, archival_passages p where a.embedding_config is null and p.embedding_config is null',
  },
  {
    name: 'archive kept in Pinecone',
    needs: ['archives.vector_db_provider'],
    from: 120,
    enters: 'b888f21b151f',
    proof: `select 1 from archives where vector_db_provider = 'PINECONE'`,
  },
  {
    name: 'passage with tags in both places',
    needs: ['passage_tags'],
    proof: `select 1 from archival_passages p join passage_tags t on t.passage_id = p.id where p.tags::text like '%"a"%'`,
  },
  { name: 'passage without an embedding', needs: ['source_passages'], proof: 'select 1 from source_passages where embedding is null' },
  {
    name: 'source passage without a file',
    needs: ['source_passages'],
    enters: 'c96263433aef',
    proof: 'select 1 from source_passages where file_id is null',
  },
  {
    name: 'source passage of a file without a name',
    needs: ['source_passages'],
    enters: 'c96263433aef',
    proof: 'select 1 from source_passages p join files f on f.id = p.file_id where f.file_name is null',
  },
  {
    name: 'sources of one organization with one name, and the next name taken',
    needs: ['sources'],
    to: 89,
    enters: '46699adc71a7',
    proof: `select 1 from sources s where name = 'notes' and exists (select from sources t where t.name = 'notes_2') group by organization_id having count(*) > 2`,
  },
  {
    name: 'open file without a name',
    needs: ['files_agents'],
    lacks: ['files_agents.file_name'],
    enters: 'cdd4a1c11aee',
    proof: 'select 1 from files_agents l join files f on f.id = l.file_id where f.file_name is null',
  },
  {
    name: 'two open files with one name',
    needs: ['files_agents'],
    lacks: ['files_agents.file_name'],
    enters: 'cdd4a1c11aee',
    proof: 'select 1 from files_agents l join files f on f.id = l.file_id group by l.agent_id, f.file_name having count(*) > 1',
  },
  {
    name: 'open file, closed file, soft-deleted link',
    needs: ['files_agents'],
    proof: 'select 1 from files_agents having bool_or(is_open) and bool_or(not is_open) and bool_or(is_deleted)',
  },
  {
    name: 'files before their links knew the source',
    needs: ['files_agents'],
    lacks: ['files_agents.source_id'],
    enters: '495f3f474131',
    proof: 'select 1 from files_agents l join files f on f.id = l.file_id',
  },
  {
    name: 'files before they had a state',
    needs: ['files'],
    lacks: ['files.processing_status'],
    enters: '9792f94e961d',
    proof: 'select 1 from files',
  },
  {
    name: 'file in every state',
    needs: ['files.processing_status'],
    proof: 'select 1 from files having count(distinct processing_status) = 5',
  },
  {
    name: 'source attached to an agent before 0.6.5',
    needs: ['agent_source_mapping'],
    enters: 'd05669b60ebe',
    proof: 'select 1 from agent_source_mapping m join agents a on a.id = m.agent_id join sources s on s.id = m.source_id',
  },
  {
    name: 'source attached twice to one agent',
    needs: ['agent_source_mapping'],
    enters: 'd05669b60ebe',
    proof: 'select 1 from agent_source_mapping group by agent_id, source_id having count(*) > 1',
  },
  {
    name: 'attachment to an agent that is gone',
    needs: ['agent_source_mapping'],
    enters: 'd05669b60ebe',
    proof: 'select 1 from agent_source_mapping m where not exists (select from agents a where a.id = m.agent_id)',
  },
  {
    name: 'attachment of a source that is gone',
    needs: ['agent_source_mapping'],
    enters: 'd05669b60ebe',
    proof: 'select 1 from agent_source_mapping m where not exists (select from sources s where s.id = m.source_id)',
  },
  {
    name: 'archives before they were kept anywhere else',
    needs: ['archives'],
    lacks: ['archives.vector_db_provider'],
    enters: '068588268b02',
    proof: `select 1 from archives`,
  },
  {
    name: 'sources before they were kept anywhere else',
    needs: ['sources'],
    lacks: ['sources.vector_db_provider'],
    enters: 'b888f21b151f',
    proof: `select 1 from sources`,
  },
  {
    name: 'folder of which some chunks are elsewhere',
    needs: ['files.chunks_embedded', 'source_passages.file_id'],
    lacks: ['sources.vector_db_provider'],
    enters: 'b888f21b151f',
    proof: `select 1 from files f where f.chunks_embedded > 0 and not exists (select from source_passages p where p.file_id = f.id)
              and exists (select from source_passages p where p.source_id = f.source_id)`,
  },
];
