import { longBlock, refusesLongBlocks } from '../../letta/refused/blocks.ts';
import { change } from './change.ts';
import type { AdaptRule } from './rule.ts';

/**
 * Up to 0.16.6 a block whose text is longer than its limit cannot be loaded, nor can any agent that has it
 * (`verify_char_limit` in `letta/schemas/block.py`; letta-server.md §4). The limit is raised, so that the text stays whole.
 */
export const blockLimitRule: AdaptRule = {
  name: 'block-limit',
  applies: refusesLongBlocks,
  run: (built, release) =>
    change(built, {
      class: 'derived',
      table: 'block',
      column: 'limit',
      set: 'char_length(t.value)',
      where: longBlock,
      reason: `Letta ${release} cannot load a block that is longer than its limit: the limit is raised to the length of the text, which stays whole`,
    }),
};
