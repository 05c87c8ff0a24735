import { upgradeCheck } from '../upgrade-check.ts';

export const upgradeAbortsOnBatches = upgradeCheck({
  code: 'upgrade-aborts-on-batches',
  severity: 'warning',
  looksFor: 'Batches of requests to a model from before 0.6.54, and their items.',
  effect:
    'The migration to 0.6.54 adds llm_batch_job.letta_batch_job_id and llm_batch_items.llm_batch_id NOT NULL without a value: it aborts, and the server does not start (f2f78d62005c, 7b189006c97d; letta-server.md §11 row 5).',
  places: [
    { revision: 'f2f78d62005c', table: 'llm_batch_job', called: ['batch', 'batches'] },
    { revision: '7b189006c97d', table: 'llm_batch_items', called: ['item of a batch', 'items of batches'] },
  ],
  what: 'with which Letta’s own upgrade to 0.6.54 or later aborts',
  why: 'A newer server migrates the database before it starts, and fails here every time.',
  repair:
    'lifeboat upgrade builds the newer database beside this one, and sets them aside there. Or, once they have ended: delete from llm_batch_items; delete from llm_batch_job;',
});
