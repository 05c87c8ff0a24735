import type { Check } from '../check.ts';

/** Secrets, work that was under way, and what lies outside the database. */
export const stateChecks: readonly Check[] = [];
