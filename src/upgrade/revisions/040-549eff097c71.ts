import { byAge, distinctNames } from '../distinct-names.ts';
import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.29, identities. Upstream moves agents.identity_id into identities_agents and drops agents.identifier_key, a copy of
 * the identity's. From here on two identities without project may not share a key: upstream aborts on such, we let the
 * oldest keep it and number the others.
 */
export const step: RevisionStep = {
  revision: '549eff097c71',
  up: (state) => {
    const agents = state.rows('agents', ['id', 'identity_id', 'identifier_key']);
    const identities = state.rows('identities', ['id', 'identifier_key', 'project_id', 'organization_id', 'created_at', 'is_deleted']);
    const keys = distinctNames({
      table: 'identities',
      column: 'identifier_key',
      within: (row) => [`(${row}.project_id is null)`, `coalesce(${row}.project_id, '')`, `${row}.organization_id`],
      order: (row) => [`${row}.is_deleted`, ...byAge(row)],
      rows: `(select i.*, i.identifier_key as name from ${identities} i)`,
    });
    return {
      set: { identities: { join: `join ${keys.rows} n on n.id = t.id`, columns: { identifier_key: 'n.name' } } },
      add: {
        identities_agents: [
          {
            from: `${agents} t join ${state.rows('identities', ['id'])} i on i.id = t.identity_id`,
            columns: { identity_id: 'i.id', agent_id: 't.id' },
          },
        ],
      },
      moved: ['agents.identity_id', 'agents.identifier_key', 'identities.identifier_key'],
      losses: [
        {
          class: 'derived',
          table: 'identities',
          column: 'identifier_key',
          reason:
            'another identity of the same organization and project has the same key: the oldest keeps it, this one has _2, _3 … behind it',
          sql: keys.renamed,
        },
        {
          class: 'dropped',
          table: 'agents',
          column: 'identity_id',
          reason: 'the identity is gone',
          sql: `select 'id=' || t.id, t.id from ${agents} t left join ${identities} i on i.id = t.identity_id
                 where t.identity_id is not null and i.id is null`,
        },
        {
          class: 'dropped',
          table: 'agents',
          column: 'identifier_key',
          reason: 'from 0.6.29 on only identities have keys, and this is not the key of the agent’s identity',
          sql: `select 'id=' || t.id, t.id from ${agents} t left join ${identities} i on i.id = t.identity_id
                 where t.identifier_key is not null and t.identifier_key is distinct from i.identifier_key`,
        },
      ],
      checks: [
        keys.check,
        {
          of: { table: 'identities_agents', columns: ['identity_id', 'agent_id'] },
          sql: (built) => `
            select coalesce('agent_id=' || e.id, 'agent_id=' || b.agent_id), case when b.agent_id is null then 'lost its identity' else 'has an identity that it had not' end
              from (select t.id, t.identity_id from ${agents} t where t.identity_id in (select i.id from ${identities} i)) e
              full join ${built('identities_agents')} b on b.agent_id = e.id and b.identity_id = e.identity_id
             where b.agent_id is null or e.id is null`,
        },
      ],
    };
  },
};
