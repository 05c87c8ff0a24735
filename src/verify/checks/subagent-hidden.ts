import { isSince } from '../../letta/serving-release.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const subagentHidden: Check = {
  code: 'subagent-hidden',
  group: 'ids',
  severity: 'note',
  looksFor: 'An agent with the tag role:subagent: hidden since 0.16.7, or about to be by the upgrade.',
  effect:
    'The upgrade to 0.16.7 hides them, so that lists and counts of agents become shorter although nothing is lost (9fa274fb0b83; letta-server.md §11 row 13).',
  run: async (context) => {
    const { release, session, home } = context;
    if (release === null || !has(context, 'agents', 'id', 'hidden') || !has(context, 'agents_tags', 'agent_id', 'tag')) return [];
    const hides = isSince(release, '0.16.7');
    const found = await findRows(
      session,
      `select t.id from ${qualified(home, null, 'agents')} t
        where coalesce(t.hidden, false) = ${hides}
          and exists (select from ${qualified(home, null, 'agents_tags')} g where g.agent_id = t.id and g.tag = 'role:subagent')`,
    );
    return findingOf(subagentHidden, found, () => ({
      where: 'agents.hidden',
      message: `${formatCountOf(found.count, 'agent')} with the tag role:subagent ${hides ? 'hidden from lists' : 'that 0.16.7 will hide from lists'}`,
      why: hides
        ? `Letta ${release} lists and counts them only with show_hidden_agents=true.`
        : 'This server lists them; from 0.16.7 on they are listed only with show_hidden_agents=true.',
      repair: null,
    }));
  },
};
