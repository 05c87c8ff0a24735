import { agentOrganizations, owningOrganization } from '../owning-organization.ts';
import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.3, passages. Upstream derives `organization_id` from `user_id`, drops `user_id`, and aborts where the user is gone or
 * where text, embedding_config, metadata_ or created_at is NULL. We find the organization otherwise too, keep the user
 * as the row's creator, and write the empty object that Letta writes for no metadata (`0.6.0 letta/schemas/passage.py`).
 * A passage without text or embedding configuration is set aside where the target demands them: nothing true is known.
 */
export const step: RevisionStep = {
  revision: 'c5d964280dff',
  up: (state) => {
    const owner = owningOrganization(state, 'passages', 'agent_id', [
      { column: 'agent_id', rows: agentOrganizations(state) },
      { column: 'source_id', rows: state.rows('sources', ['id', 'organization_id']) },
    ]);
    const passages = state.rows('passages', ['id', 'user_id', 'agent_id', 'metadata_']);
    return {
      set: {
        passages: {
          join: owner.join,
          columns: { organization_id: owner.value, _created_by_id: 't.user_id', metadata_: `coalesce(t.metadata_, '{}'::json)` },
        },
      },
      moved: ['passages.user_id', 'passages.metadata_'],
      losses: [
        owner.loss,
        {
          class: 'derived',
          table: 'passages',
          column: 'metadata_',
          reason: 'there was nothing, not even an empty object, which Letta demands from 0.6.3 on: it is an empty object now',
          sql: `select 'id=' || t.id, t.agent_id from ${passages} t where t.metadata_ is null`,
        },
      ],
      checks: [
        owner.check,
        {
          of: { table: 'passages', columns: ['_created_by_id', 'metadata_'] },
          sql: (built) => `
            select 'id=' || b.id, case when b._created_by_id = t.user_id then 'its metadata are others' else 'its creator is not its user' end
              from ${passages} t join ${built('passages')} b on b.id = t.id
             where b._created_by_id is distinct from t.user_id or b.metadata_ is null
                or case when t.metadata_ is null then b.metadata_::text <> '{}' else b.metadata_::text <> t.metadata_::text end`,
        },
      ],
    };
  },
};
