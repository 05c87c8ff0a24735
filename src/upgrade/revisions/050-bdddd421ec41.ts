import type { RevisionStep } from '../revision-step.ts';

/** 0.6.44, organizations. As upstream: no organization may use privileged tools. */
export const step: RevisionStep = {
  revision: 'bdddd421ec41',
  up: () => ({ constants: { organizations: { privileged_tools: 'false' } } }),
};
