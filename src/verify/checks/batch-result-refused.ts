import { batchResultProblems } from '../../letta/refused/batch-result.ts';
import { shapeCheck } from '../shape-check.ts';

export const batchResultRefused = shapeCheck({
  code: 'batch-result-refused',
  severity: 'error',
  looksFor: 'What a provider answered to a batch, of another provider than Anthropic, or without its data.',
  effect: 'An unknown provider raises on read: batches cannot be listed or polled (letta/helpers/converters.py; letta-server.md §4).',
  places: () => [
    { table: 'llm_batch_job', column: 'create_batch_response', problems: batchResultProblems('required') },
    { table: 'llm_batch_job', column: 'latest_polling_response', problems: batchResultProblems('optional') },
    { table: 'llm_batch_items', column: 'batch_request_result', problems: batchResultProblems('optional') },
  ],
  why: (release) => `Letta ${release} fails when it reads one of them, and with it every list of batches that it is in.`,
  repair: 'Write NULL where the column takes it; else delete the batch: its answers are in the messages.',
});
