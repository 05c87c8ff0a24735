import { refusedAgentType } from '../../letta/refused/text-columns.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/**
 * What behaves most alike. `letta_v1_agent` (since 0.12.0) has the memory tools of `memgpt_v2_agent`, without heartbeats;
 * `o1_agent` (up to 0.6.8), `chat_only_agent` (up to 0.6.34) and `offline_memory_agent` (up to 0.6.48, `sleeptime_agent`
 * since) were taken out of `letta/schemas/agent.py`.
 */
const nearest = `case t.agent_type when 'letta_v1_agent' then 'memgpt_v2_agent' when 'offline_memory_agent' then 'sleeptime_agent' else 'memgpt_agent' end`;

export const agentTypeRule: AdaptRule = {
  name: 'agent-type',
  applies: () => true,
  run: async (built, release) => {
    const unknown = refusedAgentType(release);
    const reason = `Letta ${release} does not know this type of agent and could not list any of the organisation's agents: it gets the type that behaves most alike`;
    return [
      ...(await change(built, {
        class: 'dropped',
        table: 'agents',
        column: 'agent_type',
        set: nearest,
        where: `${unknown} and t.agent_type = 'letta_v1_agent'`,
        reason: `${reason} (memgpt_v2_agent); to answer there, the agent needs the tool send_message`,
      })),
      ...(await change(built, { class: 'dropped', table: 'agents', column: 'agent_type', set: nearest, where: unknown, reason })),
    ];
  },
};
