import { isRead } from '../../letta/accepted-values.ts';
import { longBlock, refusesLongBlocks } from '../../letta/refused/blocks.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const blockOverLimit: Check = {
  code: 'block-over-limit',
  group: 'ids',
  severity: 'error',
  looksFor: 'A block whose text is longer than its limit: an error up to 0.16.6, later a note for whoever goes back.',
  effect: 'Up to 0.16.6 neither the block nor any agent that has it can be loaded (verify_char_limit; letta-server.md §4, §11 row 28).',
  run: async (context) => {
    const { release, session, home } = context;
    if (!has(context, 'block', 'id', 'value', 'limit')) return [];
    const refused = release !== null && isRead(release) && refusesLongBlocks(release);
    const found = await findRows(
      session,
      `select t.id, t."limit"::text as "limit", char_length(t.value)::text as length from ${qualified(home, null, 'block')} t where ${longBlock}`,
      { toChange: refused },
    );
    return findingOf(blockOverLimit, found, (rows) => ({
      where: 'block.value',
      severity: refused ? 'error' : 'note',
      message: `${formatCountOf(found.count, 'block')} longer than ${found.count === 1 ? 'its' : 'their'} limit`,
      why: refused
        ? `Letta ${release} cannot load such a block, nor an agent that has it, nor a list of agents with one.`
        : 'This server loads them; one before 0.16.7 could load neither the block nor any agent that has it.',
      repair: 'update block set "limit" = char_length(value) where char_length(value) > "limit";',
      // The text stays whole; a server that takes longer texts needs nothing.
      changes: !refused
        ? []
        : rows.map(({ id = null, limit = null, length = null }) => ({
            kind: 'update',
            table: 'block',
            key: { id },
            was: { limit },
            set: { limit: length },
          })),
    }));
  },
};
