import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const conversationBlockUnused: Check = {
  code: 'conversation-block-unused',
  group: 'conversations',
  severity: 'warning',
  looksFor: 'A memory block of a conversation’s own has a label that none of the agent’s blocks has.',
  effect:
    'Such blocks take the place of the agent’s by their label: this one takes none, and the agent does not see it (letta/services/conversation_manager.py: apply_isolated_blocks_to_agent_state).',
  run: async (context) => {
    const { session, home } = context;
    if (!has(context, 'blocks_conversations', 'conversation_id', 'block_id') || !has(context, 'conversations', 'agent_id')) return [];
    if (!has(context, 'blocks_agents', 'agent_id', 'block_id') || !has(context, 'block', 'id', 'label')) return [];
    const block = qualified(home, null, 'block');
    const found = await findRows(
      session,
      `select concat(l.conversation_id, ',', l.block_id) as id, b.label
         from ${qualified(home, null, 'blocks_conversations')} l join ${block} b on b.id = l.block_id
         join ${qualified(home, null, 'conversations')} v on v.id = l.conversation_id
        where not v.is_deleted and not exists (
          select from ${qualified(home, null, 'blocks_agents')} a join ${block} o on o.id = a.block_id
           where a.agent_id = v.agent_id and o.label = b.label)`,
    );
    return findingOf(conversationBlockUnused, found, (rows) => ({
      where: 'blocks_conversations',
      message: `${formatCountOf(found.count, 'memory block')} of conversations under a label that the agent has no block of: ${someOf(rows, 'label')}`,
      why: 'A server does not show it to the agent.',
      repair: 'Attach a block of that label to the agent, or give the block the label that it shall stand for: PATCH /v1/blocks/{id}.',
    }));
  },
};
