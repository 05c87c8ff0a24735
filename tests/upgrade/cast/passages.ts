import { defaultOrganization, defaultUser, idOf } from '../names.ts';
import { embedding, extremeEmbedding } from '../samples.ts';
import { embeddingConfig } from '../shapes.ts';
import type { Given, World } from '../world.ts';
import { goneAgent } from './agents.ts';
import { otherOrganization } from './people.ts';

const agentId = (name: string) => idOf('agents', name);
const archiveId = (name: string) => idOf('archives', name);
const otherConfig = { ...embeddingConfig, embedding_model: 'letta-free', embedding_dim: 1024 };

/** Archival memory: `passages` up to 0.6.4, `agent_passages` up to 0.10, `archives` and `archival_passages` since. */
export function passages(world: World): void {
  oldPassages(world);
  const ofAgent = (name: string, agent: string, given: Given = {}) =>
    world.add('agent_passages', {
      text: name,
      embedding: embedding(name.length),
      embedding_config: embeddingConfig,
      agent_id: agentId(agent),
      ...given,
    });
  ofAgent('first', 'live passages', { created_at: '2025-01-05 00:00:00+00' });
  ofAgent('second', 'live passages', { embedding: null, embedding_config: 'null' });
  ofAgent('gone', 'deleted passages', { is_deleted: true });
  ofAgent('kept', 'mixed passages', { embedding: extremeEmbedding(), embedding_config: otherConfig });
  ofAgent('gone too', 'mixed passages', { is_deleted: true });
  ofAgent('of a deleted agent', 'deleted');
  ofAgent('foreign', 'foreign', { organization_id: otherOrganization });
  if (world.rowsOf('agents').some(({ name }) => name === 'Twin')) for (const twin of ['twin', 'other twin']) ofAgent(`of ${twin}`, twin);
  if (world.rowsOf('agents').some(({ name }) => name === null)) ofAgent('of nobody', 'nameless');
  archives(world);
  world.leaveAlone(...['live passages', 'deleted passages', 'no passages', 'nameless'].map(agentId));
  world.leaveAlone(...['live', 'deleted passages only', 'empty', 'nobody’s', 'JSON null'].map(archiveId));
}

function archives(world: World): void {
  const archive = (name: string, given: Given = {}) =>
    world.add('archives', {
      id: archiveId(name),
      name,
      organization_id: defaultOrganization,
      ...(world.table('archives')?.columns.some((column) => column.name === 'embedding_config' && column.notNull) && {
        embedding_config: embeddingConfig,
      }),
      ...given,
    });
  archive('live', { vector_db_provider: 'NATIVE', created_at: '2025-01-05 00:00:00+00' });
  archive('deleted passages only', { vector_db_provider: 'TPUF', _vector_db_namespace: 'archive_1' });
  archive('empty', { description: '', metadata_: 'null' });
  archive('shared');
  archive('nobody’s', { name: 'live' });
  archive('deleted', { is_deleted: true });
  archive('JSON null', {
    ...(world.table('archives')?.columns.some((column) => column.name === 'embedding_config' && !column.notNull) && {
      embedding_config: 'null',
    }),
  });
  archive('foreign', { organization_id: otherOrganization });
  const own = (agent: string, name: string, is_owner = true) =>
    world.add('archives_agents', { agent_id: agentId(agent), archive_id: archiveId(name), is_owner, created_at: '2025-01-06 00:00:00+00' });
  own('live passages', 'live');
  own('deleted passages', 'deleted passages only');
  own('no passages', 'empty');
  own('Ada', 'shared');
  own('sleeper', 'shared', false);
  own('foreign', 'foreign');

  const passage = (name: string, of: string, given: Given = {}) =>
    world.add('archival_passages', {
      id: idOf('archival_passages', name),
      text: name,
      embedding: embedding(name.length),
      embedding_config: embeddingConfig,
      archive_id: archiveId(of),
      ...given,
    });
  passage('first', 'live', { tags: ['a', 'Größe 🛟'], embedding_config: otherConfig, created_at: '2025-01-07 00:00:00+00' });
  passage('second', 'live', { tags: null, embedding: null, created_at: '2025-01-05 00:00:00+00' });
  passage('gone', 'deleted passages only', { is_deleted: true });
  passage('of the deleted', 'deleted', { embedding: extremeEmbedding() });
  passage('without config', 'JSON null', { embedding_config: 'null', tags: 'null' });
  passage('text only', 'shared', { embedding: null, embedding_config: null });
  passage('foreign', 'foreign', { organization_id: otherOrganization });
  for (const tag of ['a', 'Größe 🛟'])
    world.add('passage_tags', { passage_id: idOf('archival_passages', 'first'), archive_id: archiveId('live'), tag });
}

/** One table for agents’ and sources’ passages; nothing guarded what they refer to before 0.6.3. */
function oldPassages(world: World): void {
  const passage = (name: string, given: Given) =>
    world.add('passages', {
      id: idOf('archival_passages', `old ${name}`),
      text: name,
      user_id: defaultUser,
      organization_id: defaultOrganization,
      embedding: embedding(name.length),
      embedding_config: embeddingConfig,
      metadata_: {},
      agent_id: null,
      source_id: null,
      file_id: null,
      ...given,
    });
  passage('of an agent', { agent_id: agentId('Ada') });
  passage('of a file', { source_id: idOf('sources', 'handbook'), file_id: idOf('files', 'handbook.pdf') });
  passage('of a source', { source_id: idOf('sources', 'handbook') });
  passage('of agent and source', { agent_id: agentId('Ada'), source_id: idOf('sources', 'handbook') });
  passage('of nothing', {});
  passage('of a source that is gone', { source_id: idOf('sources', 'gone') });
  passage('with extreme numbers', { agent_id: agentId('foreign'), embedding: extremeEmbedding(), organization_id: otherOrganization });
  if (world.table('passages')?.columns.some(({ name, notNull }) => name === 'text' && !notNull)) {
    passage('empty', { agent_id: agentId('Ada'), text: null, embedding: null, embedding_config: null, metadata_: null, created_at: null });
    passage('of an agent that is gone', { agent_id: goneAgent });
    passage('of a user who is gone', { agent_id: agentId('Ada'), user_id: idOf('users', 'gone') });
    passage('of a file that is gone', { source_id: idOf('sources', 'handbook'), file_id: idOf('files', 'gone') });
  }
}
