import type { Check } from '../check.ts';
import { contextDeletedMessage } from './context-deleted-message.ts';
import { contextDuplicate } from './context-duplicate.ts';
import { contextEmpty } from './context-empty.ts';
import { contextFirstNotSystem } from './context-first-not-system.ts';
import { contextForeignMessage } from './context-foreign-message.ts';
import { contextMissingMessage } from './context-missing-message.ts';
import { contextNotExportable } from './context-not-exportable.ts';
import { contextPendingApproval } from './context-pending-approval.ts';
import { contextToolPairing } from './context-tool-pairing.ts';
import { conversationBlockUnused } from './conversation-block-unused.ts';
import { conversationMessageDeleted } from './conversation-message-deleted.ts';
import { conversationMessageMismatch } from './conversation-message-mismatch.ts';
import { conversationMessageUnlisted } from './conversation-message-unlisted.ts';
import { conversationPositionDuplicate } from './conversation-position-duplicate.ts';
import { conversationToolPairing } from './conversation-tool-pairing.ts';
import { toolMessageWithoutCallId } from './tool-message-without-call-id.ts';

/** What an agent sees when it answers: its context window and its conversations. */
export const contextChecks: readonly Check[] = [
  contextEmpty,
  contextMissingMessage,
  contextForeignMessage,
  contextDeletedMessage,
  contextFirstNotSystem,
  contextDuplicate,
  contextToolPairing,
  contextPendingApproval,
  contextNotExportable,
  toolMessageWithoutCallId,
  conversationMessageMismatch,
  conversationMessageDeleted,
  conversationMessageUnlisted,
  conversationPositionDuplicate,
  conversationToolPairing,
  conversationBlockUnused,
];
