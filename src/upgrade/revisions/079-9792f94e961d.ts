import type { RevisionStep } from '../revision-step.ts';

/** 0.8.2, files. As upstream: what is there is processed. */
export const step: RevisionStep = {
  revision: '9792f94e961d',
  up: () => ({ constants: { files: { processing_status: 'completed' } } }),
};
