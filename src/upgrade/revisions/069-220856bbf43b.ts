import type { RevisionStep } from '../revision-step.ts';

/** 0.7.16, block. As upstream: agents may write to the blocks that they could write to. */
export const step: RevisionStep = {
  revision: '220856bbf43b',
  up: () => ({ constants: { block: { read_only: 'false' } } }),
};
