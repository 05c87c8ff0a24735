import { defaultOrganization, idOf } from '../names.ts';
import { wordsOf } from '../words.ts';
import type { Given, World } from '../world.ts';
import { otherOrganization } from './people.ts';

/** Built-in tools with the type that servers give them, and the users' own. */
export function tools(world: World): void {
  const types = wordsOf('tools', 'tool_type', world.position) ?? [];
  const tool = (name: string, type: string, given: Given = {}, organization = defaultOrganization) => {
    const tool_type = types.includes(type) ? type : types.includes('custom') ? 'custom' : null;
    const id = toolId(organization === defaultOrganization ? name : `${name} elsewhere`);
    world.add('tools', {
      id,
      name,
      organization_id: organization,
      tool_type,
      source_type: 'python',
      tags: [],
      source_code: 'def f(): pass',
      ...given,
    });
  };
  for (const name of ['send_message', 'conversation_search', 'archival_memory_insert', 'archival_memory_search']) {
    tool(name, 'letta_core', { source_code: null, return_char_limit: 1_000_000 });
  }
  tool('send_message', 'letta_core', {}, otherOrganization);
  for (const name of ['core_memory_append', 'core_memory_replace']) tool(name, 'letta_memory_core', { tags: ['letta_memory_core'] });
  // Built in from 0.6.26 to 0.7: later servers have no code for it.
  tool('send_message_to_all_agents_in_group', 'letta_multi_agent_core', { tags: ['letta_multi_agent_core'] });
  tool('send_message_to_agent_and_wait_for_reply', 'letta_multi_agent_core');
  tool('memory_rethink', 'letta_sleeptime_core');
  tool('store_memories', 'letta_voice_sleeptime_core');
  tool('web_search', 'letta_builtin');
  tool('open_files', 'letta_files_core');
  tool('github_star', 'custom', { tags: ['composio', 'github'] });
  tool('github_unstar', 'external_composio', { tags: ['composio'] });
  tool('wikipedia', 'external_langchain', { tags: ['langchain'] });
  tool('weather', 'external_mcp', {
    tags: ['mcp:weather'],
    metadata_: { mcp: { server_name: 'weather', server_id: idOf('mcp_server', 'public') } },
  });
  tool('roll_d20', 'custom', {
    description: 'Rolls 🎲',
    source_code: 'def roll_d20() -> int:\n\timport random\n\treturn random.randint(1, 20)\n',
    tags: ['composio-like'],
    return_char_limit: null,
    json_schema: world.position < 24 ? {} : 'null',
    pip_requirements: [{ name: 'numpy', version: null }],
    default_requires_approval: true,
    enable_parallel_execution: true,
  });
  tool('roll_d20', 'custom', { project_id: 'project-1' }, otherOrganization);
  tool('retired', 'custom', { is_deleted: true });
}

export function toolId(name: string): string {
  return idOf('tools', name);
}

/** Attachments, once the agents are there. */
export function toolAttachments(world: World, attach: Readonly<Record<string, readonly string[]>>): void {
  for (const [agent, names] of Object.entries(attach)) {
    for (const name of names) world.add('tools_agents', { agent_id: idOf('agents', agent), tool_id: toolId(name), tool_name: name });
  }
}
