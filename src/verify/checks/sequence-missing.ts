import type { Check } from '../check.ts';
import { messageSequenceRepair } from '../message-sequence-repair.ts';
import { stateCheck } from '../state-check.ts';

export const sequenceMissing: Check = stateCheck({
  code: 'sequence-missing',
  severity: 'error',
  looksFor: 'messages.sequence_id has no default, or message_seq_id behind it does not exist.',
  effect: 'Every insert of a message fails: null value in column "sequence_id" (letta-server.md §3, seen at 0.16.2).',
  states: ['missing sequence'],
  why: 'Every message that a server wants to write fails.',
  repair: messageSequenceRepair,
});
