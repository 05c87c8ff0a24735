import type { Check } from '../check.ts';

/** Schema, sequences, references, and the queries that a server would run. */
export const schemaChecks: readonly Check[] = [];
