import type { RevisionStep } from './revision-step.ts';

/** The revisions that move data, in the order of the chain. */
export const revisionSteps: readonly RevisionStep[] = [];
