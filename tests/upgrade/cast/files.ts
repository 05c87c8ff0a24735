import { defaultOrganization, defaultUser, idOf } from '../names.ts';
import { embedding } from '../samples.ts';
import { embeddingConfig } from '../shapes.ts';
import { wordsOf } from '../words.ts';
import type { Given, World } from '../world.ts';
import { goneAgent } from './agents.ts';
import { goneUser, otherOrganization } from './people.ts';

const sourceId = (name: string) => idOf('sources', name);
const fileId = (name: string) => idOf('files', name);

/** Sources ("folders") with their files, before there are agents. */
export function files(world: World): void {
  const source = (name: string, given: Given = {}) =>
    world.add('sources', { id: sourceId(name), name, organization_id: defaultOrganization, embedding_config: embeddingConfig, ...given });
  source('handbook', { vector_db_provider: 'NATIVE', created_at: '2025-01-02 00:00:00+00' });
  source('empty', { vector_db_provider: 'PINECONE', metadata_: 'null', description: '' });
  source('third', { vector_db_provider: 'TPUF' });
  source('deleted', { is_deleted: true });
  source('wiki', { organization_id: otherOrganization });
  // Names became unique in 0.8.9, by adding _2, _3 …: here one of those is taken already.
  if (!world.table('sources')?.uniques.some(({ columns }) => columns.includes('name'))) {
    source('notes', { created_at: '2025-01-03 00:00:00+00' });
    source('notes again', { name: 'notes', created_at: '2025-01-02 00:00:00+00' });
    source('notes without date', { name: 'notes', created_at: null });
    source('notes_2');
  }
  const file = (name: string, given: Given = {}) =>
    world.add('files', {
      id: fileId(name),
      source_id: sourceId('handbook'),
      file_name: name,
      original_file_name: name,
      processing_status: 'completed',
      ...given,
    });
  file('handbook.pdf', { file_size: 2_147_483_647, total_chunks: 2, chunks_embedded: 2 });
  file('nameless', { file_name: null, original_file_name: null });
  file('same name', { file_name: 'handbook.pdf', source_id: sourceId('third') });
  file('🛟/Größe.txt', { file_path: '/tmp/🛟', file_type: 'text/plain' });
  file('deleted.txt', { is_deleted: true });
  file('elsewhere.txt', { source_id: sourceId('wiki'), organization_id: otherOrganization });
  for (const status of wordsOf('files', 'processing_status', world.position) ?? []) file(`${status}.txt`, { processing_status: status });
  // Its chunks are where a server once had them, beside those of other files of the folder.
  file('chunks elsewhere.txt', { total_chunks: 3, chunks_embedded: 3 });
  world.leaveAlone(fileId('chunks elsewhere.txt'));

  const text = 'Ein Text mit Umlauten: äöü. '.repeat(37_500); // over 1 MB
  world.add('file_contents', { id: idOf('file_contents', 'long'), file_id: fileId('handbook.pdf'), text });
  world.add('file_contents', { id: idOf('file_contents', 'empty'), file_id: fileId('🛟/Größe.txt'), text: '' });
}

/** What agents have of them. */
export function attachedFiles(world: World): void {
  const attach = (agent: string, source: string) =>
    world.add('sources_agents', { agent_id: idOf('agents', agent), source_id: sourceId(source) });
  attach('Ada', 'handbook');
  attach('sleeper', 'handbook');
  attach('foreign', 'wiki');

  const map = (name: string, agent_id: string, source: string, given: Given = {}) =>
    world.add('agent_source_mapping', {
      id: idOf('agent_source_mapping', name),
      user_id: defaultUser,
      agent_id,
      source_id: sourceId(source),
      ...given,
    });
  map('one', idOf('agents', 'Ada'), 'handbook');
  map('the same again', idOf('agents', 'Ada'), 'handbook', { user_id: goneUser });
  map('agent gone', goneAgent, 'handbook');
  map('source gone', idOf('agents', 'Ada'), 'gone');

  const open = (name: string, given: Given = {}) =>
    world.add('files_agents', {
      id: idOf('files_agents', name),
      agent_id: idOf('agents', 'Ada'),
      file_id: fileId(name),
      file_name: name,
      is_open: true,
      visible_content: 'page 1',
      ...given,
    });
  open('handbook.pdf', { start_line: 1, end_line: 2_147_483_647 });
  open('🛟/Größe.txt', { is_open: false, visible_content: null });
  open('deleted.txt', { is_deleted: true });
  // Until 0.8.2 a link had no name of its own: names that are missing or equal did no harm.
  if (!world.has('files_agents', 'file_name')) {
    open('nameless');
    open('same name');
  }
  const chunk = (name: string, file: string | null, given: Given = {}) =>
    world.add('source_passages', {
      id: idOf('source_passages', name),
      text: name,
      source_id: sourceId('handbook'),
      file_id: file === null ? null : fileId(file),
      file_name: file ?? 'unknown',
      embedding: embedding(name.length),
      embedding_config: embeddingConfig,
      ...given,
    });
  chunk('chunk 1', 'handbook.pdf', { tags: ['x'] });
  chunk('chunk 2', 'handbook.pdf', { embedding: null, is_deleted: true });
  chunk('without file', null);
  chunk('of a nameless file', 'nameless');
  chunk('text only', 'handbook.pdf', { embedding_config: null, embedding: null });
}
