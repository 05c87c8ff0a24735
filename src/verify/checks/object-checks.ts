import type { Check } from '../check.ts';
import { archiveEmbedding } from './archive-embedding.ts';
import { archivesPerAgent } from './archives-per-agent.ts';
import { builtInToolMissing } from './built-in-tool-missing.ts';
import { fileAttachment } from './file-attachment.ts';
import { fileChunks } from './file-chunks.ts';
import { fileContent } from './file-content.ts';
import { fileStatus } from './file-status.ts';
import { fileUnfinished } from './file-unfinished.ts';
import { groupLastMessage } from './group-last-message.ts';
import { groupLoopMissing } from './group-loop-missing.ts';
import { groupMembers } from './group-members.ts';
import { groupTurnsCounter } from './group-turns-counter.ts';
import { mcpServerUrl } from './mcp-server-url.ts';
import { mcpStdio } from './mcp-stdio.ts';
import { mcpToolServer } from './mcp-tool-server.ts';
import { passageTags } from './passage-tags.ts';
import { sleeptimeIdle } from './sleeptime-idle.ts';
import { sleeptimeWithoutGroup } from './sleeptime-without-group.ts';
import { toolComposio } from './tool-composio.ts';
import { toolMalformed } from './tool-malformed.ts';
import { toolName } from './tool-name.ts';
import { toolUnreadable } from './tool-unreadable.ts';
import { vectorDimensionsCheck } from './vector-dimensions.ts';
import { vectorMissing } from './vector-missing.ts';
import { vectorTail } from './vector-tail.ts';

/** What agents have: groups, passages, files, tools, MCP servers. */
export const objectChecks: readonly Check[] = [
  groupMembers,
  groupTurnsCounter,
  groupLastMessage,
  groupLoopMissing,
  sleeptimeWithoutGroup,
  sleeptimeIdle,
  vectorDimensionsCheck,
  vectorTail,
  vectorMissing,
  passageTags,
  archivesPerAgent,
  archiveEmbedding,
  fileStatus,
  fileUnfinished,
  fileChunks,
  fileContent,
  fileAttachment,
  toolMalformed,
  toolUnreadable,
  builtInToolMissing,
  toolComposio,
  toolName,
  mcpServerUrl,
  mcpStdio,
  mcpToolServer,
];
