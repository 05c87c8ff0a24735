import type { Check } from '../check.ts';
import { messageSequenceRepair } from '../message-sequence-repair.ts';
import { stateCheck } from '../state-check.ts';

export const schemaHandRepairedSequence: Check = stateCheck({
  code: 'schema-hand-repaired-sequence',
  severity: 'warning',
  looksFor: 'messages.sequence_id takes its values from a sequence that is not message_seq_id.',
  effect: 'It works; tools and scripts that set message_seq_id after a load set the wrong one (letta-server.md §3).',
  states: ['hand-repaired sequence'],
  why: 'A server runs on it; whoever sets message_seq_id after a load sets the wrong sequence.',
  repair: messageSequenceRepair,
});
