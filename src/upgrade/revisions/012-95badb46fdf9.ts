import { agentOrganizations, owningOrganization } from '../owning-organization.ts';
import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.2, messages. Upstream derives `organization_id` from `user_id`, drops `user_id`, and aborts where the user is gone or
 * `tool_calls` is NULL. We find the organization otherwise too, keep the user as the row's creator (as the new code
 * writes it for new messages), and write the empty list that Letta writes where there are no tool calls.
 */
export const step: RevisionStep = {
  revision: '95badb46fdf9',
  up: (state) => {
    const owner = owningOrganization(state, 'messages', 'agent_id', [{ column: 'agent_id', rows: agentOrganizations(state) }]);
    const messages = state.rows('messages', ['id', 'user_id', 'agent_id', 'tool_calls']);
    return {
      set: {
        messages: {
          join: owner.join,
          columns: { organization_id: owner.value, _created_by_id: 't.user_id', tool_calls: `coalesce(t.tool_calls, '[]'::json)` },
        },
      },
      moved: ['messages.user_id', 'messages.tool_calls'],
      losses: [
        owner.loss,
        {
          class: 'derived',
          table: 'messages',
          column: 'tool_calls',
          reason: 'there was nothing, not even an empty list, which Letta demands from 0.6.2 on: it is an empty list now',
          sql: `select 'id=' || t.id, t.agent_id from ${messages} t where t.tool_calls is null`,
        },
      ],
      checks: [
        owner.check,
        {
          of: { table: 'messages', columns: ['_created_by_id', 'tool_calls'] },
          sql: (built) => `
            select 'id=' || b.id, case when b._created_by_id = t.user_id then 'its tool calls are others' else 'its creator is not its user' end
              from ${messages} t join ${built('messages')} b on b.id = t.id
             where b._created_by_id is distinct from t.user_id or b.tool_calls is null
                or case when t.tool_calls is null then b.tool_calls::text <> '[]' else b.tool_calls::text <> t.tool_calls::text end`,
        },
      ],
    };
  },
};
