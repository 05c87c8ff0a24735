import { defaultOrganization, idOf } from '../names.ts';
import { headOf } from '../words.ts';
import type { Given, World } from '../world.ts';
import { otherOrganization } from './people.ts';

const blockId = (name: string) => idOf('block', name);
const entryId = (name: string) => idOf('block_history', name);

/** Memory blocks with their history, attachments and tags. */
export function blocks(world: World): void {
  const block = (name: string, label: string, given: Given = {}) =>
    world.add('block', {
      id: blockId(name),
      label,
      value: `I am ${name}.`,
      limit: 2000,
      organization_id: defaultOrganization,
      is_template: false,
      ...given,
    });
  block('human', 'human', { description: 'About the human', metadata_: {} });
  block('persona', 'persona', { value: '', metadata_: 'null' });
  block('shared', 'shared', { read_only: true, preserve_on_migration: true });
  block('template', 'persona', { is_template: true, template_name: 'sam_pov', hidden: true });
  block('deleted', 'human', { is_deleted: true });
  block('foreign', 'Größe/🛟', { organization_id: otherOrganization });
  block('full', 'notes', { value: 'é'.repeat(2000) });
  // Refused by servers up to 0.16.6 when they read it, so only a later one can have written it.
  if (world.position >= headOf('0.16.7')) block('over its limit', 'long', { value: 'x'.repeat(2001) });

  const attach = (agent: string, name: string) => world.add('blocks_agents', { agent_id: idOf('agents', agent), block_id: blockId(name) });
  attach('Ada', 'human');
  attach('Ada', 'persona');
  attach('Ada', 'shared');
  attach('sleeper', 'shared');
  attach('foreign', 'foreign');

  for (const [number, name] of ['first', 'second', 'third'].entries()) {
    world.add('block_history', {
      id: entryId(name),
      block_id: blockId('human'),
      label: 'human',
      value: `${name} value`,
      limit: 2000,
      sequence_number: number + 1,
      organization_id: defaultOrganization,
    });
  }
  world.patch('block', blockId('human'), { current_history_entry_id: entryId('second'), version: 4 });
  for (const tag of ['', 'Größe 🛟']) world.add('blocks_tags', { block_id: blockId('shared'), tag });
  world.add('identities_blocks', { identity_id: idOf('identities', 'ann'), block_id: blockId('human') });
}

/** Blocks of one conversation, once there are conversations. */
export function conversationBlocks(world: World): void {
  world.add('blocks_conversations', { conversation_id: idOf('conversations', 'aside'), block_id: blockId('human') });
}
