import { driftFromCatalogue } from '../letta/drift.ts';
import type { DriftFinding } from '../schema/drift.ts';
import type { CheckContext } from './check.ts';

/** Drift of message_seq_id and of the default that takes values from it: checks of their own say it better. */
export const isMessageSequence = ({ kind, table, name }: DriftFinding): boolean =>
  (kind === 'missing sequence' && name === 'message_seq_id') ||
  (kind === 'column default' && table === 'messages' && name === 'sequence_id');

/** SQL that makes message_seq_id what it should be, beyond what there is, and the default of messages.sequence_id. */
export function messageSequenceRepair({ model, revisions }: CheckContext): string | null {
  const statements = driftFromCatalogue(model, revisions)
    .filter(isMessageSequence)
    .flatMap(({ repair }) => repair ?? []);
  return statements.length === 0 ? null : `${statements.join(';\n')};`;
}
