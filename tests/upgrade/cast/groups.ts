import { defaultOrganization, idOf } from '../names.ts';
import { wordsOf } from '../words.ts';
import type { Given, World } from '../world.ts';
import { goneAgent } from './agents.ts';

const agentId = (name: string) => idOf('agents', name);

/** Groups of every kind, with their members in a table and, since 0.6.46, in a list too. */
export function groups(world: World): void {
  const group = (name: string, members: readonly string[], given: Given = {}) => {
    world.add('groups', {
      id: idOf('groups', name),
      manager_type: 'round_robin',
      description: name,
      organization_id: defaultOrganization,
      agent_ids: members.map(agentId),
      manager_agent_id: null,
      project_id: null,
      ...given,
    });
    for (const member of members) world.add('groups_agents', { group_id: idOf('groups', name), agent_id: agentId(member) });
  };
  for (const manager_type of wordsOf('groups', 'manager_type', world.position) ?? []) {
    group(manager_type, ['sleeper', 'Ada'], {
      manager_type,
      manager_agent_id: agentId('Ada'),
      sleeptime_agent_frequency: 5,
      turns_counter: -1,
    });
  }
  group('empty', [], { hidden: true });
  world.leaveAlone(idOf('groups', 'empty'));
  group('deleted', ['Ada'], { is_deleted: true });
  group('member gone', ['Ada'], { agent_ids: [agentId('Ada'), goneAgent], last_processed_message_id: idOf('messages', 'gone') });
  world.add('groups_blocks', { group_id: idOf('groups', 'round_robin'), block_id: idOf('block', 'shared') });
}
