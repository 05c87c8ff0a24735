import type { Check } from '../check.ts';
import { agentDeletedButListed } from './agent-deleted-but-listed.ts';
import { agentTypeUnknown } from './agent-type-unknown.ts';
import { approvalHidden } from './approval-hidden.ts';
import { approvalsRefused } from './approvals-refused.ts';
import { batchResultRefused } from './batch-result-refused.ts';
import { blockOverLimit } from './block-over-limit.ts';
import { compactionSettingsRefused } from './compaction-settings-refused.ts';
import { defaultActorMissing } from './default-actor-missing.ts';
import { embeddingConfigRefused } from './embedding-config-refused.ts';
import { idMalformed } from './id-malformed.ts';
import { jsonKindRefused } from './json-kind-refused.ts';
import { kindUnknown } from './kind-unknown.ts';
import { llmConfigRefused } from './llm-config-refused.ts';
import { messageContentRefused } from './message-content-refused.ts';
import { messageFormRefused } from './message-form-refused.ts';
import { messagePartHidden } from './message-part-hidden.ts';
import { messageRoleUnknown } from './message-role-unknown.ts';
import { modelSettingsRefused } from './model-settings-refused.ts';
import { nameNotExportable } from './name-not-exportable.ts';
import { organizationUnresolved } from './organization-unresolved.ts';
import { organizationWithoutUser } from './organization-without-user.ts';
import { otherOrganizations } from './other-organizations.ts';
import { providerRefused } from './provider-refused.ts';
import { responseFormatRefused } from './response-format-refused.ts';
import { returnTypesUnknown } from './return-types-unknown.ts';
import { shapesUnread } from './shapes-unread.ts';
import { stdioConfigRefused } from './stdio-config-refused.ts';
import { subagentHidden } from './subagent-hidden.ts';
import { toolCallsRefused } from './tool-calls-refused.ts';
import { toolReturnsRefused } from './tool-returns-refused.ts';
import { toolRulesRefused } from './tool-rules-refused.ts';

/** What keeps an agent, or a whole list, from loading: JSON shapes, ids, names, blocks, tenants. */
export const agentChecks: readonly Check[] = [
  shapesUnread,
  agentTypeUnknown,
  llmConfigRefused,
  embeddingConfigRefused,
  toolRulesRefused,
  responseFormatRefused,
  compactionSettingsRefused,
  modelSettingsRefused,
  messageRoleUnknown,
  messageFormRefused,
  messageContentRefused,
  messagePartHidden,
  toolCallsRefused,
  toolReturnsRefused,
  approvalsRefused,
  approvalHidden,
  jsonKindRefused,
  kindUnknown,
  providerRefused,
  returnTypesUnknown,
  stdioConfigRefused,
  batchResultRefused,
  idMalformed,
  nameNotExportable,
  blockOverLimit,
  subagentHidden,
  agentDeletedButListed,
  organizationUnresolved,
  organizationWithoutUser,
  otherOrganizations,
  defaultActorMissing,
];
