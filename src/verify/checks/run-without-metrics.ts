import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const runWithoutMetrics: Check = {
  code: 'run-without-metrics',
  group: 'in-flight',
  severity: 'warning',
  looksFor: 'A run that has not ended and has no row in run_metrics.',
  effect:
    'Cancelling it writes its status and then fails: the client is told "failed" (letta/services/run_manager.py; letta-server.md §7.2).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'runs', 'id', 'status') || !has(context, 'run_metrics', 'id')) return [];
    const found = await findRows(
      session,
      `select t.id from ${qualified(home, null, 'runs')} t where t.status in ('created', 'running')
          and not exists (select from ${qualified(home, null, 'run_metrics')} m where m.id = t.id)`,
    );
    return findingOf(runWithoutMetrics, found, () => ({
      where: 'runs',
      message: `${formatCountOf(found.count, 'run that has', 'runs that have')} not ended, without a row in run_metrics`,
      why: 'A client that cancels one is told that it failed, although the run counts as cancelled from then on.',
      repair:
        'insert into run_metrics (id, agent_id, organization_id, is_deleted, created_at) select id, agent_id, organization_id, false, created_at from runs where id = …;',
    }));
  },
};
