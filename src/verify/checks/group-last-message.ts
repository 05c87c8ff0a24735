import { idPatternOf } from '../../letta/refused/names-and-ids.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const groupLastMessage: Check = {
  code: 'group-last-message',
  group: 'groups',
  severity: 'warning',
  looksFor: 'groups.last_processed_message_id is no message-<uuid4>.',
  effect:
    'The look-up fails, and the error is swallowed: the sleeptime agent gets the latest messages only, and what was said since its last turn is lost to it (letta/groups/sleeptime_multi_agent_v4.py: _participant_agent_step; letta-server.md §7.4).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'groups', 'id', 'last_processed_message_id')) return [];
    const found = await findRows(
      session,
      `select g.id, left(g.last_processed_message_id, 80) as message from ${qualified(home, null, 'groups')} g
        where g.last_processed_message_id !~ '${idPatternOf('messages')}'`,
    );
    return findingOf(groupLastMessage, found, (rows) => ({
      where: 'groups.last_processed_message_id',
      message: `${formatCountOf(found.count, 'group')} whose last message is no id of one: ${someOf(rows, 'message')}`,
      why: 'A server cannot find where the sleeptime agent was, gives it the latest messages only, and remembers a valid id from then on.',
      repair: null,
    }));
  },
};
