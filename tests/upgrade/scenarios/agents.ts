import type { Scenario } from '../scenarios.ts';

/** Agents, their tags, tools, identities, groups and blocks. */
export const agentScenarios: readonly Scenario[] = [
  { name: 'agent that is soft-deleted', needs: ['agents.is_deleted'], proof: 'select 1 from agents where is_deleted' },
  { name: 'agent with a slash in its name', needs: ['agents'], proof: `select 1 from agents where name like '%/%'` },
  { name: 'agent with an emoji in its name', needs: ['agents'], proof: `select 1 from agents where name like '🛟%'` },
  { name: 'agent without a name', needs: ['agents.organization_id'], proof: 'select 1 from agents where name is null' },
  {
    name: 'agents of one user with one name',
    needs: ['agents.user_id'],
    enters: 'd05669b60ebe',
    proof: 'select 1 from agents group by user_id, name having count(*) > 1',
  },
  {
    name: 'agents of one organization with one name',
    needs: ['agents.organization_id'],
    from: 24,
    proof: 'select 1 from agents group by organization_id, name having count(*) > 2',
  },
  {
    name: 'agent whose user is gone',
    needs: ['agents.user_id'],
    enters: 'd05669b60ebe',
    proof: 'select 1 from agents a where not exists (select from users u where u.id = a.user_id)',
  },
  {
    name: 'agent that names tools which are there, and one which is not',
    needs: ['agents.tool_names'],
    enters: 'd05669b60ebe',
    proof: `select 1 from agents a where a.tool_names::text like '%roll_d20%' and a.tool_names::text like '%no_such_tool%'`,
  },
  {
    name: 'agent with JSON null and agent with NULL for its tool names',
    needs: ['agents.tool_names'],
    enters: 'd05669b60ebe',
    proof: `select 1 where exists (select from agents where tool_names is null) and exists (select from agents where tool_names::text = 'null')`,
  },
  {
    name: 'agent of a type that later releases do not know',
    needs: ['agents.agent_type'],
    to: 51,
    proof: `select 1 from agents where agent_type in ('o1_agent', 'offline_memory_agent', 'chat_only_agent')`,
  },
  {
    name: 'agent of a template',
    needs: ['agents.project_id'],
    lacks: ['agents.hidden'],
    enters: '15b577c62f3f',
    proof: `select 1 from agents where project_id like 'templates-%'`,
  },
  {
    name: 'agent of a project that only looks like a template',
    needs: ['agents.project_id'],
    lacks: ['agents.hidden'],
    enters: '15b577c62f3f',
    proof: `select 1 from agents where project_id like 'Templates-%'`,
  },
  {
    name: 'agents hidden, shown and neither',
    needs: ['agents.hidden'],
    proof: 'select 1 from agents having count(distinct coalesce(hidden::text, $$null$$)) = 3',
  },
  ...['is null', '= false', '= true'].map(
    (state): Scenario => ({
      name: `subagent with hidden ${state.replace(/^(?:is|=) /, '')}`,
      needs: ['agents.hidden'],
      to: 164,
      enters: '9fa274fb0b83',
      proof: `select 1 from agents a join agents_tags t on t.agent_id = a.id where t.tag = 'role:subagent' and a.hidden ${state}`,
    }),
  ),
  {
    name: 'agent with a dangling message id',
    needs: ['agents.message_ids'],
    proof: `select 1 from agents a, json_array_elements_text(case json_typeof(a.message_ids) when 'array' then a.message_ids else '[]' end) i where not exists (select from messages m where m.id = i)`,
  },
  {
    name: 'agent with an identity',
    needs: ['agents.identity_id'],
    enters: '549eff097c71',
    proof: 'select 1 from agents where identity_id is not null',
  },
  {
    name: 'identities with one key and no project',
    needs: ['identities'],
    to: 39,
    enters: '549eff097c71',
    proof: 'select 1 from identities where project_id is null group by identifier_key, organization_id having count(*) > 2',
  },
  {
    name: 'group whose members are only in the link table',
    needs: ['groups'],
    lacks: ['groups.agent_ids'],
    enters: 'a66510f83fc2',
    proof: 'select 1 from groups g join groups_agents a on a.group_id = g.id',
  },
  {
    name: 'group without members',
    needs: ['groups'],
    enters: 'a66510f83fc2',
    proof: 'select 1 from groups g where not exists (select from groups_agents a where a.group_id = g.id)',
  },
  {
    name: 'block shared by two agents',
    needs: ['blocks_agents'],
    proof: 'select 1 from blocks_agents group by block_id having count(*) > 1',
  },
  {
    name: 'block and its history in a circle',
    needs: ['block_history'],
    proof: 'select 1 from block b join block_history h on h.id = b.current_history_entry_id where h.block_id = b.id',
  },
  {
    name: 'block with later entries in its history than the one it is at',
    needs: ['block_history'],
    proof:
      'select 1 from block b join block_history c on c.id = b.current_history_entry_id join block_history h on h.block_id = b.id and h.sequence_number > c.sequence_number',
  },
  { name: 'block over its limit', needs: ['block'], from: 165, proof: 'select 1 from block where length(value) > "limit"' },
  { name: 'block that is read-only', needs: ['block.read_only'], proof: 'select 1 from block where read_only' },
  {
    name: 'tool that later servers have no code for, attached to an agent',
    needs: ['tools_agents'],
    proof: `select 1 from tools t join tools_agents a on a.tool_id = t.id where t.name = 'send_message_to_all_agents_in_group'`,
  },
  {
    name: 'tools of each kind by name, before there were types',
    needs: ['tools'],
    lacks: ['tools.tool_type'],
    enters: 'e20573fe9b86',
    proof: `select 1 where (select count(*) from tools where name in ('send_message', 'core_memory_append', 'roll_d20')) >= 3`,
  },
  {
    name: 'tool tagged composio that is not of that type',
    needs: ['tools.tool_type'],
    enters: 'f895232c144a',
    proof: `select 1 from tools where tags::text like '%"composio"%' and tool_type <> 'external_composio'`,
  },
  {
    name: 'tool with NULL and tool with JSON null as schema',
    needs: ['tools.tool_type'],
    proof: `select 1 where exists (select from tools where json_schema is null) and exists (select from tools where json_schema::text = 'null')`,
  },
  {
    name: 'tool without return_char_limit',
    needs: ['tools.return_char_limit'],
    proof: 'select 1 from tools where return_char_limit is null',
  },
  {
    name: 'tools before they had a return_char_limit',
    needs: ['tools'],
    lacks: ['tools.return_char_limit'],
    enters: 'a91994b9752f',
    proof: 'select 1 from tools',
  },
];
