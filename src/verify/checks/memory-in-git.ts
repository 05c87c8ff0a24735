import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const memoryInGit: Check = {
  code: 'memory-in-git',
  group: 'outside',
  severity: 'note',
  looksFor:
    'Agents with the tag git-memory-enabled: the source of truth of their blocks is a git repository, of which this database is a cache.',
  effect:
    'With LETTA_MEMFS_SERVICE_URL set, the server reads and writes the repository first (letta/services/block_manager_git.py; letta-server.md §12).',
  run: async (context) => {
    if (!has(context, 'agents_tags', 'agent_id', 'tag')) return [];
    const found = await findRows(
      context.session,
      `select t.agent_id as id from ${qualified(context.home, null, 'agents_tags')} t where t.tag = 'git-memory-enabled'`,
    );
    return findingOf(memoryInGit, found, () => ({
      where: 'agents_tags.tag',
      message: `${formatCountOf(found.count, 'agent')} whose memory is kept in git`,
      why: 'The history of their blocks is in ~/.letta/memfs beside the server. Restored without it, or with an older one, git and this database disagree, and git counts.',
      repair: 'Back up ~/.letta/memfs together with the database, and restore both.',
    }));
  },
};
