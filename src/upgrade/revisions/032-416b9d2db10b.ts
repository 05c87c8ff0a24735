import { derivedId } from '../../letta/derived-id.ts';
import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.6.10, job_usage_statistics → steps. Upstream replaces the integer ids by random ones. Ours follow from job and integer,
 * so that a second upgrade gives the same. Nothing refers to the old ids: messages.step_id begins here.
 */
export const step: RevisionStep = {
  revision: '416b9d2db10b',
  up: (state) => {
    const statistics = state.rows('job_usage_statistics', ['id', 'job_id']);
    const hash = `encode(sha256(convert_to(t.job_id || ':' || t.id, 'UTF8')), 'hex')`;
    const slices = `substr(h.hash, 1, 8) || '-' || substr(h.hash, 9, 4) || '-4' || substr(h.hash, 14, 3) || '-8' || substr(h.hash, 18, 3) || '-' || substr(h.hash, 21, 12)`;
    return {
      set: { steps: { columns: { id: derivedId('step', `t.job_id || ':' || t.id`) } } },
      moved: ['job_usage_statistics.id'],
      checks: [
        {
          of: { table: 'steps', columns: ['id'] },
          sql: (built) => `
            select coalesce('id=' || b.id, 'id=' || e.id), case when b.id is null then 'is missing' else 'comes from no usage statistics, or is there twice' end
              from (select 'step-' || ${slices} as id from (select ${hash} as hash from ${statistics} t) h) e
              full join (select b.id, count(*) as times from ${built('steps')} b group by b.id) b on b.id = e.id
             where e.id is null or b.id is null or b.times > 1`,
        },
      ],
    };
  },
};
