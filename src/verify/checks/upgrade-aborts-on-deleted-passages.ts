import { upgradeCheck } from '../upgrade-check.ts';

export const upgradeAbortsOnDeletedPassages = upgradeCheck({
  code: 'upgrade-aborts-on-deleted-passages',
  severity: 'warning',
  looksFor: 'Passages of agents that are deleted softly, from before 0.11.0.',
  effect:
    'The migration to 0.11.0 gives an archive to those only that are not deleted, then demands one of all: it aborts with “column archive_id … contains null values”, seen on real servers (74e860718e0d; letta-server.md §1.4, §11 row 6).',
  places: [
    {
      revision: '74e860718e0d',
      table: 'agent_passages',
      column: 'is_deleted',
      // Upstream asks for `is_deleted = FALSE`.
      condition: 't.is_deleted is not false',
      called: ['soft-deleted passage', 'soft-deleted passages'],
    },
  ],
  what: 'with which Letta’s own upgrade to 0.11.0 or later aborts',
  why: 'A newer server migrates the database before it starts, and fails here every time.',
  repair:
    'lifeboat upgrade builds the newer database beside this one, and carries them, deleted as they are. Or: delete from agent_passages where is_deleted is not false;',
});
