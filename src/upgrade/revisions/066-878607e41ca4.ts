import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.7.11, providers. Upstream adds `provider_category` without a value, though its own server fails on a provider without
 * one. All rows that were there came through the API, which writes `byok` (`0.7.11 letta/services/provider_manager.py`,
 * create_provider); those of the server's own settings are stored only since 0.14.0.
 */
export const step: RevisionStep = {
  revision: '878607e41ca4',
  up: () => ({ constants: { providers: { provider_category: 'byok' } } }),
};
