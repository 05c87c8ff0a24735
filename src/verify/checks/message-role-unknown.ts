import { isRead } from '../../letta/accepted-values.ts';
import { sqlList } from '../../letta/json-sql.ts';
import { messageRoles } from '../../letta/refused/text-columns.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';
import { loaded } from '../shape-check.ts';

export const messageRoleUnknown: Check = {
  code: 'message-role-unknown',
  group: 'shapes',
  severity: 'error',
  looksFor: 'A message of a role that the release does not take.',
  effect:
    'No page of messages that it is in can be listed; in the context window, the agent cannot answer (validate_role in letta/schemas/message.py).',
  run: async (context) => {
    const { release, session, home } = context;
    if (release === null || !isRead(release) || !has(context, 'messages', 'id', 'role')) return [];
    const found = await findRows(
      session,
      `select t.id, left(t.role, 60) as role from ${qualified(home, null, 'messages')} t
        where (t.role = '' or t.role not in ${sqlList(messageRoles(release))}) and ${loaded(context, 'messages')}`,
    );
    return findingOf(messageRoleUnknown, found, (rows) => ({
      where: 'messages.role',
      message: `${formatCountOf(found.count, 'message')} of a role that Letta ${release} does not take: ${someOf(rows, 'role')}`,
      why: `Letta ${release} fails when it reads one of them: the list of the agent's messages, and the agent itself where it is in its context.`,
      repair: "update messages set role = 'user' where id = …: as older servers write a summary; role tool for what a function returned.",
    }));
  },
};
