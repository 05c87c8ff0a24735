import type { RevisionStep } from '../revision-step.ts';

/** 0.6.10, jobs. As upstream: whatever was there is a job; runs come with the same release. */
export const step: RevisionStep = {
  revision: '88f9432739a9',
  up: () => ({ constants: { jobs: { job_type: 'job' } } }),
};
