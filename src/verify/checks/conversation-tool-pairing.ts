import type { Check } from '../check.ts';
import { conversationWindows, hasConversationWindows } from '../context-window.ts';
import { pairingCheck } from '../pairing-check.ts';

export const conversationToolPairing: Check = pairingCheck({
  code: 'conversation-tool-pairing',
  group: 'conversations',
  looksFor: 'The same in the context window of a conversation.',
  applies: hasConversationWindows,
  windows: conversationWindows,
  where: 'conversation_messages',
  owner: 'conversation',
});
