import type { Check } from '../check.ts';
import { callbackPending } from './callback-pending.ts';
import { imageElsewhere } from './image-elsewhere.ts';
import { memoryInGit } from './memory-in-git.ts';
import { oauthTokenRotates } from './oauth-token-rotates.ts';
import { runLeftInJobs } from './run-left-in-jobs.ts';
import { runWithoutMetrics } from './run-without-metrics.ts';
import { secretInClear } from './secret-in-clear.ts';
import { secretLookalike } from './secret-lookalike.ts';
import { secretOnlyInClear } from './secret-only-in-clear.ts';
import { secretUnchecked } from './secret-unchecked.ts';
import { secretUnreadable } from './secret-unreadable.ts';
import { statusUnknown } from './status-unknown.ts';
import { stopReasonUnknown } from './stop-reason-unknown.ts';
import { tracesElsewhere } from './traces-elsewhere.ts';
import { vectorsElsewhere } from './vectors-elsewhere.ts';
import { workUnfinished } from './work-unfinished.ts';
import { workflowElsewhere } from './workflow-elsewhere.ts';

/** Secrets, work that was under way, and what lies outside the database. */
export const stateChecks: readonly Check[] = [
  secretUnreadable,
  secretOnlyInClear,
  secretLookalike,
  secretUnchecked,
  secretInClear,
  workUnfinished,
  statusUnknown,
  stopReasonUnknown,
  callbackPending,
  runWithoutMetrics,
  runLeftInJobs,
  vectorsElsewhere,
  memoryInGit,
  oauthTokenRotates,
  imageElsewhere,
  workflowElsewhere,
  tracesElsewhere,
];
