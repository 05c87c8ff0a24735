import type { Check } from '../check.ts';
import { agentWindows, hasAgentWindows } from '../context-window.ts';
import { pairingCheck } from '../pairing-check.ts';

export const contextToolPairing: Check = pairingCheck({
  code: 'context-tool-pairing',
  group: 'context',
  looksFor: 'In an agent’s context window, a tool call has no return after it, or a return has no call before it.',
  applies: hasAgentWindows,
  windows: agentWindows,
  where: 'agents.message_ids',
  owner: 'agent',
});
