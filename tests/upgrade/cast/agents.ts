import { defaultOrganization, defaultUser, idOf } from '../names.ts';
import { hardJson, jsons } from '../samples.ts';
import { embeddingConfig, llmConfig } from '../shapes.ts';
import { wordsOf } from '../words.ts';
import type { Given, World } from '../world.ts';
import { goneUser, otherOrganization, otherUser } from './people.ts';
import { toolAttachments } from './tools.ts';

export const goneAgent = idOf('agents', 'gone');
const message = (name: string) => idOf('messages', name);

/** Agents of every name and state, with their tags, tools and identities. */
export function agents(world: World): void {
  const agent = (name: string, given: Given = {}) =>
    world.add('agents', {
      id: idOf('agents', name),
      name,
      organization_id: defaultOrganization,
      user_id: defaultUser,
      _created_by_id: defaultUser,
      agent_type: 'memgpt_agent',
      llm_config: llmConfig,
      embedding_config: embeddingConfig,
      message_ids: [message(`${name} system`)],
      tool_names: ['send_message', 'core_memory_append'],
      tool_rules: [{ type: world.position < 35 ? 'TerminalToolRule' : 'exit_loop', tool_name: 'send_message' }],
      project_id: null,
      hidden: null,
      identity_id: null,
      identifier_key: null,
      created_at: '2025-01-01 00:00:00+00',
      ...given,
    });
  agent('Ada', {
    message_ids: [message('Ada system'), message('Ada hello'), message('Ada call'), message('Ada return')],
    identity_id: idOf('identities', 'ann'),
    identifier_key: 'ann@example.org',
    project_id: 'project-1',
    metadata_: jsons[2] ?? null,
    enable_sleeptime: true,
    message_buffer_autoclear: true,
  });
  agent('team/Ωmega \\ "x"', { message_ids: [message('lost')], hidden: false, system: '🧠'.repeat(1000), metadata_: hardJson });
  agent('🛟 boat', { hidden: true, message_ids: 'null', tool_rules: 'null', tool_names: 'null', identity_id: idOf('identities', 'team') });
  agent('bare', {
    message_ids: null,
    llm_config: null,
    embedding_config: null,
    tool_rules: null,
    tool_names: null,
    agent_type: null,
    system: null,
  });
  agent('deleted', { is_deleted: true });
  agent('template', { project_id: 'templates-1f', hidden: null, base_template_id: 'template-1' });
  agent('shown template', { project_id: 'templates-1f', hidden: false });
  agent('almost a template', { project_id: 'Templates-1f' });
  agent('subagent', { hidden: null });
  agent('shown subagent', { hidden: false });
  agent('hidden subagent', { hidden: true });
  agent('sleeper', { agent_type: world.position < 57 ? 'memgpt_agent' : 'sleeptime_agent' });
  agent('foreign', { organization_id: otherOrganization, user_id: otherUser, _created_by_id: otherUser });
  agent('listing tools', { tool_names: ['roll_d20', 'no_such_tool', 'send_message', 'send_message', 'retired'] });
  for (const name of ['live passages', 'deleted passages', 'mixed passages', 'no passages']) agent(name);
  if (world.has('agents', 'organization_id')) agent('nameless', { name: null });
  // One name twice is forbidden from 0.6.5 to 0.6.8 only.
  if (!world.table('agents')?.uniques.some(({ columns }) => columns.includes('name'))) {
    for (const twin of ['twin', 'other twin', 'third twin']) agent(twin, { name: 'Twin' });
  }
  for (const type of wordsOf('agents', 'agent_type', world.position) ?? []) agent(`a ${type}`, { agent_type: type });
  if (world.has('agents', 'user_id') && !world.guards('agents', 'user_id')) agent('orphan', { user_id: goneUser });

  const tag = (name: string, text: string) => world.add('agents_tags', { agent_id: idOf('agents', name), tag: text });
  for (const name of ['subagent', 'shown subagent', 'hidden subagent']) tag(name, 'role:subagent');
  tag('subagent', 'role:subagent2');
  tag('Ada', 'Größe 🛟');
  tag('Ada', '');
  toolAttachments(world, {
    Ada: ['send_message', 'core_memory_append', 'send_message_to_all_agents_in_group', 'roll_d20', 'weather'],
    'team/Ωmega \\ "x"': ['github_star', 'github_unstar', 'wikipedia'],
    deleted: ['send_message'],
    foreign: ['roll_d20 elsewhere'],
  });
  world.add('identities_agents', { identity_id: idOf('identities', 'ann'), agent_id: idOf('agents', 'Ada') });
  world.add('identities_agents', { identity_id: idOf('identities', 'team'), agent_id: idOf('agents', 'Ada') });
}
