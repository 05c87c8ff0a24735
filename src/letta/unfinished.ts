/** Where a table says how far work has come, and which words mean that it has not ended (letta-server.md §7.1). */
export interface UnfinishedWork {
  table: 'runs' | 'jobs' | 'steps' | 'llm_batch_job' | 'llm_batch_items';
  column: string;
  statuses: readonly string[];
  /** What a server does about work that nobody goes on with (letta-server.md §7.2): no start ever looks for it. */
  effect: string;
}

const unfinishedJob = ['created', 'running', 'pending'];

export const unfinishedWork: readonly UnfinishedWork[] = [
  {
    table: 'runs',
    column: 'status',
    statuses: ['created', 'running'],
    effect:
      'No server ends them: they are listed as active for ever, and POST /conversations/{id}/stream picks one up (410 after 3 hours, or an answer without end).',
  },
  {
    table: 'jobs',
    column: 'status',
    statuses: unfinishedJob,
    effect: 'No server ends them: they are listed as active for ever.',
  },
  { table: 'steps', column: 'status', statuses: ['PENDING'], effect: 'No server ends them: they are shown as pending for ever.' },
  {
    table: 'llm_batch_job',
    column: 'status',
    statuses: unfinishedJob,
    effect:
      'They are polled only where LETTA_ENABLE_BATCH_JOB_POLLING is set, for two weeks, and with the Anthropic account that made them; else they stay so.',
  },
  {
    table: 'llm_batch_items',
    column: 'request_status',
    statuses: unfinishedJob,
    effect: 'They wait for the answer to their batch, which is polled for two weeks only; then their agents never go on.',
  },
];
