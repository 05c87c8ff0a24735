import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.46, groups.agent_ids: the members as an ordered list. Upstream adds it without a value and aborts where there is a
 * group. The members are in groups_agents, their order is nowhere: we take the agents' age, and say so.
 */
export const step: RevisionStep = {
  revision: 'a66510f83fc2',
  up: (state) => {
    const members = `(select l.group_id, l.agent_id, a.created_at from ${state.rows('groups_agents', ['group_id', 'agent_id'])} l
                        left join ${state.rows('agents', ['id', 'created_at'])} a on a.id = l.agent_id)`;
    const listed = (built: string): string => `(select b.id as group_id, e.agent_id, e.nth from ${built} b cross join lateral
        json_array_elements_text(case when json_typeof(b.agent_ids) = 'array' then b.agent_ids else '[]'::json end) with ordinality e(agent_id, nth))`;
    return {
      set: {
        groups: {
          join: `left join (select m.group_id, json_agg(m.agent_id order by m.created_at, m.agent_id collate "C") as ids from ${members} m group by m.group_id) m on m.group_id = t.id`,
          columns: { agent_ids: `coalesce(m.ids, '[]'::json)` },
        },
      },
      losses: [
        {
          class: 'derived',
          table: 'groups',
          column: 'agent_ids',
          reason: 'the order of the members was not stored before 0.6.46: they are in the order of their age',
          sql: `select distinct 'id=' || m.group_id, null from ${members} m group by m.group_id having count(*) > 1`,
        },
      ],
      checks: [
        {
          of: { table: 'groups', columns: ['agent_ids'] },
          sql: (built) => `
            select coalesce('id=' || l.group_id, 'id=' || m.group_id), case when l.agent_id is null then 'a member is not in the list' else 'in the list is one who is no member' end
              from ${listed(built('groups'))} l full join ${members} m on m.group_id = l.group_id and m.agent_id = l.agent_id
             where l.agent_id is null or m.agent_id is null
            union all
            select 'id=' || o.group_id, 'the members are not in the order of their age, or one is there twice'
              from (select l.group_id, l.agent_id, m.created_at, lag(l.agent_id) over w as before_id, lag(coalesce(m.created_at, 'infinity')) over w as before
                      from ${listed(built('groups'))} l join ${members} m on m.group_id = l.group_id and m.agent_id = l.agent_id
                    window w as (partition by l.group_id order by l.nth)) o
             where (o.before, o.before_id collate "C") >= (coalesce(o.created_at, 'infinity'), o.agent_id collate "C")
            union all
            select 'id=' || b.id, 'is no list' from ${built('groups')} b where b.agent_ids is null or json_typeof(b.agent_ids) <> 'array'`,
        },
      ],
    };
  },
};
