import { isRead } from '../../letta/accepted-values.ts';
import { refusedName } from '../../letta/refused/names-and-ids.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const nameNotExportable: Check = {
  code: 'name-not-exportable',
  group: 'ids',
  severity: 'warning',
  looksFor: 'An agent with a name that the server refuses when it exports the agent: PATCH takes any name.',
  effect: 'GET /v1/agents/{id}/export answers 500; all else works (CreateAgent.validate_name; letta-server.md §8.4).',
  run: async (context) => {
    const { release, session, home } = context;
    const refused = release === null || !isRead(release) ? null : refusedName(release);
    if (refused === null || !has(context, 'agents', 'id', 'name')) return [];
    const found = await findRows(session, `select t.id, t.name from ${qualified(home, null, 'agents')} t where ${refused}`);
    return findingOf(nameNotExportable, found, (rows) => ({
      where: 'agents.name',
      message: `${formatCountOf(found.count, 'agent')} with a name that cannot be exported: ${someOf(rows, 'name')}`,
      why: `Letta ${release} answers 500 when such an agent is exported.`,
      repair: 'Rename the agent to letters, digits, spaces, _ - and \': PATCH /v1/agents/{id} with {"name": …}.',
    }));
  },
};
