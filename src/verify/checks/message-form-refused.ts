import { isRead } from '../../letta/accepted-values.ts';
import { readable } from '../../letta/json-sql.ts';
import { refusedApprovals } from '../../letta/refused/approvals.ts';
import { lacksText } from '../../letta/refused/message-text.ts';
import { messageRoles } from '../../letta/refused/text-columns.ts';
import { refusedToolMessage } from '../../letta/refused/tool-messages.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';
import { loaded } from '../shape-check.ts';

export const messageFormRefused: Check = {
  code: 'message-form-refused',
  group: 'shapes',
  severity: 'error',
  looksFor:
    'Messages that cannot be shown: of the user without any part, of the system or a summary that are not one text; up to 0.12.1 answers to approvals without approve and approval_request_id, up to 0.11.7 returns of tools that are not one text.',
  effect: 'No page of messages that one of them is in can be listed (to_letta_messages in letta/schemas/message.py).',
  run: async (context) => {
    const { release, session, home } = context;
    if (release === null || !isRead(release) || !has(context, 'messages', 'id', 'role', 'content', 'tool_calls', 'text')) return [];
    // Where there is no role for approvals at all, that is another finding.
    const approvals = messageRoles(release).includes('approval') && has(context, 'messages', 'approve') ? refusedApprovals(release) : null;
    const forms = [
      { what: 'request for approval', where: approvals?.request('t') ?? null },
      { what: 'answer to a request for approval', where: approvals?.answer('t') ?? null },
      { what: 'return of a tool', where: refusedToolMessage(release) },
      { what: 'message without text', where: lacksText(release, 'v.json') },
    ].filter(({ where }) => where !== null);
    const table = qualified(home, null, 'messages');
    const parsed = `cross join lateral (select (${readable('t.content')})::jsonb as json offset 0) v`;
    const found = await findRows(
      session,
      forms
        .map(
          ({ what, where }) =>
            `select t.id, '${what}'::text as form from ${table} t ${parsed} where ${where} and ${loaded(context, 'messages')}`,
        )
        .join(' union all '),
    );
    return findingOf(messageFormRefused, found, (rows) => ({
      where: 'messages',
      message: `${formatCountOf(found.count, 'message')} in a form that Letta ${release} cannot show: ${someOf(rows, 'form')}`,
      why: `Letta ${release} fails when it lists the agent's messages.`,
      repair:
        'Give the message one part of type text; an answer to a request for approval needs approve and approval_request_id. A newer server shows the newer forms.',
    }));
  },
};
