import type { Check } from '../check.ts';
import { conversationWindows, hasConversationWindows } from '../context-window.ts';
import { pairingCheck } from '../pairing-check.ts';

export const conversationToolPairing: Check = pairingCheck({
  code: 'conversation-tool-pairing',
  group: 'conversations',
  looksFor: 'In the context window of a conversation, a tool call has no return after it, or a return has no call before it.',
  applies: hasConversationWindows,
  windows: conversationWindows,
  where: 'conversation_messages',
  owner: 'conversation',
});
