import type { AddedRows, Check, LossQuery, StateBefore } from './revision-step.ts';

/**
 * agents.tool_names, which 0.6.5 drops, as rows of tools_agents. Up to 0.6.4 the names were what attached a tool: the server
 * looked each up in the organization of the agent's user (`0.6.4 letta/server/server.py:987`), and nothing wrote
 * tools_agents, though it was there since 0.6.2. Rows that someone else put there stay.
 *
 * @param organizations (id, organization_id) of agents
 */
export function attachedTools(state: StateBefore, organizations: string): { added: AddedRows; loss: LossQuery; check: Check } {
  // What is no list attaches nothing, and a text with U+0000 cannot be one of PostgreSQL's.
  const unreadable = `(json_typeof(a.tool_names) not in ('array', 'null') or strpos(a.tool_names::text, E'\\\\u0000') > 0)`;
  const list = `case when json_typeof(a.tool_names) = 'array' and not ${unreadable} then a.tool_names else '[]'::json end`;
  const agents = `(select a.id, ${list} as names, ${unreadable} as unreadable, o.organization_id from ${state.rows('agents', ['id', 'tool_names'])} a join ${organizations} o on o.id = a.id)`;
  const tools = `(select k.id, k.name, k.organization_id from ${state.rows('tools', ['id', 'name', 'organization_id', 'is_deleted'])} k where not k.is_deleted)`;
  const links = state.rows('tools_agents', ['agent_id', 'tool_id']);
  const named = `${agents} a cross join lateral json_array_elements_text(a.names) n(name)`;
  const isLinked = (row: string): string =>
    `exists (select from ${links} l where l.agent_id = ${row}.agent_id and l.tool_id = ${row}.tool_id)`;
  return {
    added: {
      from: `(select distinct a.id as agent_id, k.id as tool_id from ${named} join ${tools} k on k.name = n.name and k.organization_id = a.organization_id) t`,
      where: `not ${isLinked('t')}`,
      columns: { agent_id: 't.agent_id', tool_id: 't.tool_id' },
      marker: `not ${isLinked('t')}`,
    },
    loss: {
      class: 'dropped',
      table: 'agents',
      column: 'tool_names',
      reason: 'the agent names a tool that its organization does not have: the name is not kept',
      sql: `select distinct 'id=' || a.id, a.id from ${agents} a left join lateral json_array_elements_text(a.names) n(name) on true
              left join ${tools} k on k.name = n.name and k.organization_id = a.organization_id where a.unreadable or n.name is not null and k.id is null`,
    },
    check: {
      of: { table: 'tools_agents', columns: ['agent_id', 'tool_id'] },
      sql: (built) => `
        select 'agent_id=' || a.id || ' tool_id=' || k.id, 'was attached by name and is not' from ${agents} a join ${tools} k on k.organization_id = a.organization_id
         where a.names::jsonb ? k.name and not exists (select from ${built('tools_agents')} b where b.agent_id = a.id and b.tool_id = k.id)
        union all
        select 'agent_id=' || b.agent_id || ' tool_id=' || b.tool_id, 'was not attached' from ${built('tools_agents')} b
          left join ${agents} a on a.id = b.agent_id left join ${tools} k on k.id = b.tool_id and k.organization_id = a.organization_id
         where not ${isLinked('b')} and (a.names::jsonb ? k.name) is not true`,
    },
  };
}
