import type { AddedRows, Check, LossQuery, StateBefore } from './revision-step.ts';

/**
 * agent_source_mapping, which 0.6.5 drops, as rows of sources_agents. The old table has no keys: one attachment may be
 * there twice, and what it names may be gone.
 */
export function attachedSources(state: StateBefore): { added: AddedRows; loss: LossQuery; check: Check } {
  const mapping = state.rows('agent_source_mapping', ['id', 'agent_id', 'source_id']);
  const agents = state.rows('agents', ['id']);
  const sources = state.rows('sources', ['id']);
  return {
    added: {
      from: `(select distinct m.agent_id, m.source_id from ${mapping} m join ${agents} a on a.id = m.agent_id join ${sources} s on s.id = m.source_id) t`,
      columns: { agent_id: 't.agent_id', source_id: 't.source_id' },
    },
    loss: {
      class: 'dropped',
      table: 'agent_source_mapping',
      column: null,
      reason: 'they attach a source to an agent, and one of the two is gone',
      sql: `select 'id=' || m.id, m.agent_id from ${mapping} m left join ${agents} a on a.id = m.agent_id left join ${sources} s on s.id = m.source_id
             where a.id is null or s.id is null`,
    },
    check: {
      of: { table: 'sources_agents', columns: ['agent_id', 'source_id'] },
      sql: (built) => `
        select 'agent_id=' || m.agent_id || ' source_id=' || m.source_id, 'was attached and is not' from ${mapping} m
         where m.agent_id in (select a.id from ${agents} a) and m.source_id in (select s.id from ${sources} s)
           and not exists (select from ${built('sources_agents')} b where b.agent_id = m.agent_id and b.source_id = m.source_id)
        union all
        select 'agent_id=' || b.agent_id || ' source_id=' || b.source_id, 'was not attached, or is there twice' from ${built('sources_agents')} b
          left join ${mapping} m on m.agent_id = b.agent_id and m.source_id = b.source_id
         group by b.agent_id, b.source_id having count(m.id) = 0 or count(*) <> count(distinct m.id)`,
    },
  };
}
