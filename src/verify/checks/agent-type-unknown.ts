import { isRead } from '../../letta/accepted-values.ts';
import { refusedAgentType } from '../../letta/refused/text-columns.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const agentTypeUnknown: Check = {
  code: 'agent-type-unknown',
  group: 'shapes',
  severity: 'error',
  looksFor: 'An agent of a type that the release does not know, or of none.',
  effect: "The agent cannot be loaded, nor any list of its organisation's agents (AgentState.agent_type in letta/schemas/agent.py).",
  run: async (context) => {
    const { release, session, home } = context;
    if (release === null || !isRead(release) || !has(context, 'agents', 'id', 'agent_type')) return [];
    const found = await findRows(
      session,
      `select t.id, t.agent_type from ${qualified(home, null, 'agents')} t where ${refusedAgentType(release)}`,
    );
    return findingOf(agentTypeUnknown, found, (rows) => ({
      where: 'agents.agent_type',
      message: `${formatCountOf(found.count, 'agent')} of a type that Letta ${release} does not know: ${someOf(rows, 'agent_type')}`,
      why: `Letta ${release} cannot load them, and GET /v1/agents/ fails for their organisation.`,
      repair: "update agents set agent_type = 'memgpt_v2_agent' where id = …: the type that behaves most alike to all newer ones.",
    }));
  },
};
