import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const tracesElsewhere: Check = {
  code: 'traces-elsewhere',
  group: 'outside',
  severity: 'note',
  looksFor: 'Traces of requests to providers of which only the metadata is here.',
  effect:
    'What was asked and answered is in another store, or nowhere (provider_trace_pg_metadata_only in letta/services/provider_trace_backends/postgres.py; letta-server.md §12).',
  run: async (context) => {
    if (!has(context, 'provider_trace_metadata', 'id') || !has(context, 'provider_traces', 'id')) return [];
    const found = await findRows(
      context.session,
      `select t.id from ${qualified(context.home, null, 'provider_trace_metadata')} t
        where not exists (select from ${qualified(context.home, null, 'provider_traces')} p where p.id = t.id)`,
    );
    return findingOf(tracesElsewhere, found, () => ({
      where: 'provider_trace_metadata',
      message: `${formatCountOf(found.count, 'trace')} of requests to providers without the request and its answer`,
      why: 'A restore of this database brings back that there were requests, but not what they said.',
      repair: null,
    }));
  },
};
