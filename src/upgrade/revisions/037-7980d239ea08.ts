import type { RevisionStep } from '../revision-step.ts';

/** 0.6.25, agents. As upstream: agents keep their messages in context, as they did. */
export const step: RevisionStep = {
  revision: '7980d239ea08',
  up: () => ({ constants: { agents: { message_buffer_autoclear: 'false' } } }),
};
