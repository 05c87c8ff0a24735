import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.54, llm_batch_items. Upstream drops `batch_id` and adds `llm_batch_id` without a value, so it aborts where there are
 * items. It is a renaming: we carry the value. (The batches themselves get letta_batch_job_id in f2f78d62005c, also
 * without a value; before 0.6.54 no job of Letta's belonged to a batch, so they are set aside.)
 */
export const step: RevisionStep = {
  revision: '7b189006c97d',
  up: (state) => {
    const items = state.rows('llm_batch_items', ['id', 'batch_id']);
    return {
      set: { llm_batch_items: { columns: { llm_batch_id: 't.batch_id' } } },
      moved: ['llm_batch_items.batch_id'],
      checks: [
        {
          of: { table: 'llm_batch_items', columns: ['llm_batch_id'] },
          sql: (built) => `
            select 'id=' || b.id, 'is of another batch' from ${built('llm_batch_items')} b join ${items} t on t.id = b.id
             where b.llm_batch_id is distinct from t.batch_id`,
        },
      ],
    };
  },
};
