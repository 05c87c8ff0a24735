import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const archivesPerAgent: Check = {
  code: 'archives-per-agent',
  group: 'passages',
  severity: 'error',
  looksFor: 'An agent has several archives: unique_agent_archive is missing, which allows one.',
  effect:
    'Its archival memory can neither be searched nor written to: “has multiple archives, which is not yet supported” (letta/services/archive_manager.py, letta/services/agent_manager.py; letta-server.md §2, §12.1 no. 6).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'archives_agents', 'agent_id', 'archive_id')) return [];
    const found = await findRows(
      session,
      `select l.agent_id as id, string_agg(l.archive_id, ', ' order by l.archive_id collate "C") as archives
         from ${qualified(home, null, 'archives_agents')} l group by l.agent_id having count(*) > 1`,
    );
    return findingOf(archivesPerAgent, found, (rows) => ({
      where: 'archives_agents.agent_id',
      message: `${formatCountOf(found.count, 'agent')} with several archives, ${rows[0]?.id}: ${rows[0]?.archives}`,
      why: 'A server refuses to search or extend the archival memory of these agents.',
      repair:
        'Choose one archive per agent, set archive_id of the other’s passages (and of their passage_tags) to it, delete the other rows of archives_agents, then add the constraint again.',
    }));
  },
};
