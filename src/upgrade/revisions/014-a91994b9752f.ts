import type { RevisionStep } from '../revision-step.ts';

/** 0.6.2, tools. As upstream: FUNCTION_RETURN_CHAR_LIMIT, 6000 at every tag (`0.6.2 letta/constants.py:142`). */
export const step: RevisionStep = {
  revision: 'a91994b9752f',
  up: () => ({ constants: { tools: { return_char_limit: '6000' } } }),
};
