import type { Check } from '../check.ts';
import { drift } from './drift.ts';
import { foreignKeyViolated } from './foreign-key-violated.ts';
import { indexInvalid } from './index-invalid.ts';
import { queryFailed } from './query-failed.ts';
import { querySlow } from './query-slow.ts';
import { referenceDangling } from './reference-dangling.ts';
import { restoreUnfinished } from './restore-unfinished.ts';
import { revisionCount } from './revision-count.ts';
import { revisionUnknown } from './revision-unknown.ts';
import { rowsSetAside } from './rows-set-aside.ts';
import { schemaBetweenReleases } from './schema-between-releases.ts';
import { schemaCreateAll } from './schema-create-all.ts';
import { schemaHandRepairedSequence } from './schema-hand-repaired-sequence.ts';
import { schemaWedge } from './schema-wedge.ts';
import { searchPathLost } from './search-path-lost.ts';
import { sequenceBehind } from './sequence-behind.ts';
import { sequenceIdNotUnique } from './sequence-id-not-unique.ts';
import { sequenceMissing } from './sequence-missing.ts';
import { severalLettas } from './several-lettas.ts';
import { upgradeAbortsOnBatches } from './upgrade-aborts-on-batches.ts';
import { upgradeAbortsOnDeletedPassages } from './upgrade-aborts-on-deleted-passages.ts';
import { upgradeAbortsOnGroups } from './upgrade-aborts-on-groups.ts';
import { upgradeDropsPassages } from './upgrade-drops-passages.ts';

/** Schema, what its next upgrade would do, sequences, references, and the queries that a server would run. */
export const schemaChecks: readonly Check[] = [
  restoreUnfinished,
  revisionCount,
  revisionUnknown,
  schemaWedge,
  schemaBetweenReleases,
  schemaCreateAll,
  searchPathLost,
  severalLettas,
  drift,
  indexInvalid,
  rowsSetAside,
  schemaHandRepairedSequence,
  upgradeDropsPassages,
  upgradeAbortsOnGroups,
  upgradeAbortsOnBatches,
  upgradeAbortsOnDeletedPassages,
  sequenceMissing,
  sequenceBehind,
  sequenceIdNotUnique,
  referenceDangling,
  foreignKeyViolated,
  queryFailed,
  querySlow,
];
