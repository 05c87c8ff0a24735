import { schemaAt } from '../../letta/catalogue.ts';
import { formatCountOf } from '../../report/format.ts';
import { type DatabaseModel, qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { idsShown } from '../finding.ts';
import { findRows } from '../found-rows.ts';

export const sequenceIdNotUnique: Check = {
  code: 'sequence-id-not-unique',
  group: 'sequences',
  severity: 'error',
  looksFor: 'Nothing keeps messages.sequence_id unique: uq_messages_sequence_id is missing.',
  effect:
    'Messages are listed and paged by it: those with the same value are skipped or come twice, and a sequence that is behind is not noticed (letta-server.md §3).',
  run: async (context) => {
    const { session, home, model, revision } = context;
    if (!has(context, 'messages', 'id', 'sequence_id') || isUnique(model)) return [];
    if (revision !== null && !isUnique(schemaAt(revision.revision))) return [];
    const found = await findRows(
      session,
      `select m.id from (select id, count(*) over (partition by sequence_id) as times from ${qualified(home, null, 'messages')}) m where m.times > 1`,
    );
    return [
      {
        code: 'sequence-id-not-unique',
        severity: 'error',
        where: 'messages.sequence_id',
        message: `there is no unique constraint; ${found.count === 0 ? 'no value is there twice yet' : formatCountOf(found.count, 'message shares its value', 'messages share their values')}`,
        ids: found.rows.slice(0, idsShown).map(({ id }) => id ?? ''),
        count: found.count,
        why: 'A server that lists messages skips some with the same value, or shows them twice.',
        repair: `${found.count === 0 ? '' : 'Give messages with the same value new ones from message_seq_id; then: '}alter table ${qualified(home, null, 'messages')} add constraint uq_messages_sequence_id unique (sequence_id);`,
        changes: [],
      },
    ];
  },
};

function isUnique(model: DatabaseModel): boolean {
  const table = model.tables.find(({ schema, name }) => schema === null && name === 'messages');
  return (
    table?.uniques.some(({ columns }) => columns.join() === 'sequence_id') === true ||
    table?.indexes.some(({ unique, valid, definition }) => unique && valid && / \(sequence_id\)$/.test(definition)) === true
  );
}
