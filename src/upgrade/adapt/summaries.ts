import { acceptedValues } from '../../letta/accepted-values.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/**
 * The role `summary` came with 0.16.5; before, a summary was a message of the user with the same text
 * (`letta/schemas/enums.py`). With one unknown role no message of the agent is listed.
 */
export const summariesRule: AdaptRule = {
  name: 'summaries',
  applies: (release) => !acceptedValues('MessageRole', release)?.includes('summary'),
  run: (built, release) =>
    change(built, {
      class: 'derived',
      table: 'messages',
      column: 'role',
      set: `'user'`,
      where: `t.role = 'summary'`,
      reason: `Letta ${release} has no role summary and could not list the agent's messages: the summary becomes a message of the user, as that release itself writes it`,
    }),
};
