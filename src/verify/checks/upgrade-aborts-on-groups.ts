import { upgradeCheck } from '../upgrade-check.ts';

export const upgradeAbortsOnGroups = upgradeCheck({
  code: 'upgrade-aborts-on-groups',
  severity: 'warning',
  looksFor: 'Groups of agents from before 0.6.46.',
  effect:
    'The migration to 0.6.46 adds groups.agent_ids NOT NULL without a value: it aborts, and the server does not start (a66510f83fc2; letta-server.md §11 row 5).',
  places: [{ revision: 'a66510f83fc2', table: 'groups', called: ['group', 'groups'] }],
  what: 'with which Letta’s own upgrade to 0.6.46 or later aborts',
  why: 'A newer server migrates the database before it starts, and fails here every time.',
  repair: 'lifeboat upgrade builds the newer database beside this one, and fills groups.agent_ids from groups_agents.',
});
