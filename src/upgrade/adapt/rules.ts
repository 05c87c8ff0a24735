import { agentTypeRule } from './agent-type.ts';
import { approvalsRule } from './approvals.ts';
import { blockLimitRule } from './block-limit.ts';
import { compactionRule } from './compaction.ts';
import { customToolsRule } from './custom-tools.ts';
import { embeddingEndpointRule } from './embedding-endpoint.ts';
import { llmEffortRule } from './llm-effort.ts';
import { llmEndpointRule } from './llm-endpoint.ts';
import { missingEmbeddingRule } from './missing-embedding.ts';
import { providersRule } from './providers.ts';
import { requestConfigRule } from './request-config.ts';
import type { AdaptRule } from './rule.ts';
import { statusesRule } from './statuses.ts';
import { stdioServersRule } from './stdio-servers.ts';
import { stopReasonsRule } from './stop-reasons.ts';
import { summariesRule } from './summaries.ts';
import { toolMessagesRule } from './tool-messages.ts';
import { toolReturnsRule } from './tool-returns.ts';
import { toolRulesRule } from './tool-rules.ts';

/** In the order in which they run: llm-effort reads endpoint types as they were, missing-embedding copies what is adapted already. */
export const adaptRules: readonly AdaptRule[] = [
  blockLimitRule,
  agentTypeRule,
  toolRulesRule,
  llmEffortRule,
  llmEndpointRule,
  embeddingEndpointRule,
  missingEmbeddingRule,
  compactionRule,
  approvalsRule,
  summariesRule,
  toolReturnsRule,
  toolMessagesRule,
  stopReasonsRule,
  statusesRule,
  requestConfigRule,
  customToolsRule,
  providersRule,
  stdioServersRule,
];
