import { hasValidator } from '../accepted-values.ts';

/** Whether a release cannot load a block whose text is longer than its limit: up to 0.16.6 (`verify_char_limit` in `letta/schemas/block.py`). */
export function refusesLongBlocks(release: string): boolean {
  return hasValidator('Block.verify_char_limit', release);
}

/** SQL condition over the row `t`: a block that is longer than its limit. */
export const longBlock = 'char_length(t.value) > t."limit"';
