import { schemaAt } from '../../letta/catalogue.ts';
import { quoteLiteral } from '../../schema/model.ts';
import type { RevisionStep } from '../revision-step.ts';

const revision = '887a4367b560';

/**
 * 0.11.7 makes `steps.stop_reason` free text, so upwards every label fits. Downwards the column is an enum again, and
 * reasons that came later (`requires_approval`, `llm_api_error`, …: `letta/schemas/letta_stop_reason.py` of 0.16.8) have
 * no label. Upstream's downgrade aborts; here the reason becomes NULL, as in steps that have not ended.
 */
export const step: RevisionStep = {
  revision,
  down: (state) => {
    const steps = state.rows('steps', ['id', 'agent_id', 'stop_reason']);
    // Upstream leaves the type behind, so that its labels are known here too.
    const labels = schemaAt(revision).enums.find(({ name }) => name === 'stopreasontype')?.labels ?? [];
    const list = labels.map((label) => quoteLiteral(label).trim()).join(', ');
    return {
      set: { steps: { columns: { stop_reason: `case when t.stop_reason in (${list}) then t.stop_reason end` } } },
      moved: ['steps.stop_reason'],
      losses: [
        {
          class: 'dropped',
          table: 'steps',
          column: 'stop_reason',
          reason: `below 0.11.7 a step can end for ${labels.length} reasons only; these steps ended for another one and say none now`,
          sql: `select 'id=' || s.id, s.agent_id from ${steps} s where s.stop_reason not in (${list})`,
        },
      ],
      checks: [
        {
          of: { table: 'steps', columns: ['stop_reason'] },
          sql: (built) => `
            select 'id=' || s.id, 'its stop_reason is not that of the snapshot'
              from ${built('steps')} b join ${steps} s on s.id = b.id
             where b.stop_reason <> s.stop_reason
                or b.stop_reason is null and s.stop_reason = any (array[${list}])
                or b.stop_reason is not null and s.stop_reason is null`,
        },
      ],
    };
  },
};
