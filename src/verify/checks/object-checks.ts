import type { Check } from '../check.ts';

/** What agents have: groups, passages, files, tools, MCP servers. */
export const objectChecks: readonly Check[] = [];
