import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.16.7 hides every agent with the tag `role:subagent`: lists leave it out unless asked with `show_hidden_agents=true`.
 * We do the same, since servers from then on hide such agents when they are made, and name the agents: to a person it
 * looks as if they were gone. Upstream has no way back, and neither do we: below 0.16.7 they stay as they are.
 */
export const step: RevisionStep = {
  revision: '9fa274fb0b83',
  up: (state) => {
    const tagged = `(select distinct g.agent_id from ${state.rows('agents_tags', ['agent_id', 'tag'])} g where g.tag = 'role:subagent')`;
    const agents = state.rows('agents', ['id', 'hidden']);
    return {
      set: {
        agents: {
          join: `left join ${tagged} g on g.agent_id = t.id`,
          columns: { hidden: 'case when g.agent_id is not null then true else t.hidden end' },
        },
      },
      moved: ['agents.hidden'],
      losses: [
        {
          class: 'derived',
          table: 'agents',
          column: 'hidden',
          reason:
            'the agent has the tag role:subagent: from 0.16.7 on it is hidden, and lists leave it out unless asked with show_hidden_agents=true; nothing of it is lost',
          sql: `select 'id=' || t.id, t.id from ${agents} t join ${tagged} g on g.agent_id = t.id where t.hidden is not true`,
          wayBack: `update agents set hidden = false where id in (select agent_id from agents_tags where tag = 'role:subagent');`,
        },
      ],
      checks: [
        {
          of: { table: 'agents', columns: ['hidden'] },
          sql: (built) => `
            select 'id=' || b.id, 'has the tag role:subagent and is not hidden'
              from ${built('agents')} b join ${built('agents_tags')} g on g.agent_id = b.id and g.tag = 'role:subagent'
             where b.hidden is not true
            union all
            select 'id=' || q.id, 'is hidden or shown otherwise than in the snapshot, and has no tag role:subagent'
              from (select b.id, b.hidden from ${built('agents')} b
                    except select a.id, a.hidden from ${agents} a
                    except select g.agent_id, true from ${built('agents_tags')} g where g.tag = 'role:subagent') q`,
        },
      ],
    };
  },
};
