import type { Check } from '../check.ts';

/** What an agent sees when it answers: its context window and its conversations. */
export const contextChecks: readonly Check[] = [];
