import type { Check } from '../check.ts';

/** What keeps an agent, or a whole list, from loading: JSON shapes, ids, names, blocks, tenants. */
export const agentChecks: readonly Check[] = [];
