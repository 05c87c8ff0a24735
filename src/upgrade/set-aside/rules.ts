import { builtInToolsRule } from './built-in-tools.ts';
import { malformedToolsRule } from './malformed-tools.ts';
import { mcpServersRule } from './mcp-servers.ts';
import type { SetAsideRule } from './rule.ts';

/** In the order in which they run: what can be repaired comes before what would take the row away. */
export const setAsideRules: readonly SetAsideRule[] = [malformedToolsRule, builtInToolsRule, mcpServersRule];
