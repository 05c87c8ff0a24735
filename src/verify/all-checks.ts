import type { Check } from './check.ts';
import { agentChecks } from './checks/agent-checks.ts';
import { contextChecks } from './checks/context-checks.ts';
import { objectChecks } from './checks/object-checks.ts';
import { schemaChecks } from './checks/schema-checks.ts';
import { stateChecks } from './checks/state-checks.ts';

/** Every check, in the order of docs/checks.md. */
export const allChecks: readonly Check[] = [...schemaChecks, ...contextChecks, ...agentChecks, ...objectChecks, ...stateChecks];
