import { readable } from '../../letta/json-sql.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const workflowElsewhere: Check = {
  code: 'workflow-elsewhere',
  group: 'outside',
  severity: 'note',
  looksFor: 'Runs that a workflow service carries out (metadata lettuce).',
  effect:
    'How far they have come is known there; the server asks it for runs that have not ended, and to cancel them (letta/services/run_manager.py; letta-server.md §12).',
  run: async (context) => {
    if (!has(context, 'runs', 'id', 'metadata_')) return [];
    const found = await findRows(
      context.session,
      `select t.id from ${qualified(context.home, null, 'runs')} t cross join lateral (select ${readable('t.metadata_')} as json offset 0) m
        where strpos(t.metadata_::text, '"lettuce"') > 0 and coalesce(m.json ->> 'lettuce', 'false') not in ('false', '', '0', '{}', '[]')`,
    );
    return findingOf(workflowElsewhere, found, () => ({
      where: 'runs.metadata_',
      message: `${formatCountOf(found.count, 'run')} of a workflow service`,
      why: 'The state of these runs is in that service: a restore does not bring it back, and a server on a copy asks for the same runs.',
      repair: null,
    }));
  },
};
