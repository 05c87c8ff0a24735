import { attachedSources } from '../attached-sources.ts';
import { attachedTools } from '../attached-tools.ts';
import { agentOrganizations, blockOrganizations, owningOrganization } from '../owning-organization.ts';
import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.5, agents. Upstream derives `organization_id` from `user_id` and drops `user_id`, `tool_names` and the whole of
 * agent_source_mapping: every agent loses its tools and its sources, and it aborts where a user is gone or two agents of
 * one organization share a name. We carry both kinds of attachment into the tables that 0.6.5 reads, keep the user as
 * the agent's creator, and leave equal names as they are: the constraint on them goes again with 0.6.9 (cdb3db091113).
 */
export const step: RevisionStep = {
  revision: 'd05669b60ebe',
  up: (state) => {
    const owner = owningOrganization(state, 'agents', 'id', [{ column: 'id', rows: blockOrganizations(state) }]);
    const agents = state.rows('agents', ['id', 'user_id']);
    const sources = attachedSources(state);
    const tools = attachedTools(state, agentOrganizations(state));
    return {
      set: { agents: { join: owner.join, columns: { organization_id: owner.value, _created_by_id: 't.user_id' } } },
      add: { sources_agents: [sources.added], tools_agents: [tools.added] },
      moved: ['agents.user_id', 'agents.tool_names', 'agent_source_mapping'],
      losses: [owner.loss, sources.loss, tools.loss],
      checks: [
        owner.check,
        sources.check,
        tools.check,
        {
          of: { table: 'agents', columns: ['_created_by_id'] },
          sql: (built) => `
            select 'id=' || b.id, 'its creator is not its user' from ${agents} t join ${built('agents')} b on b.id = t.id
             where b._created_by_id is distinct from t.user_id`,
        },
      ],
    };
  },
};
