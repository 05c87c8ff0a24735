import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const agentDeletedButListed: Check = {
  code: 'agent-deleted-but-listed',
  group: 'ids',
  severity: 'note',
  looksFor: 'An agent that is marked as deleted: no server does that itself, and none passes over it.',
  effect:
    'It is still listed and returned, but its messages and folders answer 404, and its export 500 at 0.16.2 (letta-server.md §11 row 33).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'agents', 'id', 'is_deleted')) return [];
    const found = await findRows(session, `select t.id from ${qualified(home, null, 'agents')} t where t.is_deleted`);
    return findingOf(agentDeletedButListed, found, () => ({
      where: 'agents.is_deleted',
      message: `${formatCountOf(found.count, 'agent')} marked as deleted that servers list nevertheless`,
      why: 'Servers list and return them; their messages and folders answer 404.',
      repair:
        'DELETE /v1/agents/{id} removes one for good, with its messages; update agents set is_deleted = false where id = … brings it back whole.',
    }));
  },
};
