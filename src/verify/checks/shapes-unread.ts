import { isRead } from '../../letta/accepted-values.ts';
import type { Check } from '../check.ts';

export const shapesUnread: Check = {
  code: 'shapes-unread',
  group: 'shapes',
  severity: 'note',
  looksFor:
    'A release before 0.11.0: what its models take was not read from its source, so no other check of this group is made, and none of names, statuses and stop reasons.',
  effect: 'A value that the server refuses where it loads a row would not be found; all other groups are looked at.',
  run: async ({ release }) =>
    release === null || isRead(release)
      ? []
      : [
          {
            code: 'shapes-unread',
            severity: 'note',
            where: 'shapes',
            message: `What Letta ${release} accepts has not been read: values were not compared with what its models take`,
            ids: [],
            count: 0,
            why: `A value that Letta ${release} refuses where it loads a row would not be found.`,
            repair: null,
            changes: [],
          },
        ],
};
