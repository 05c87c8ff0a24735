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

/** Schema, sequences, references, and the queries that a server would run. */
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
  sequenceMissing,
  sequenceBehind,
  sequenceIdNotUnique,
  referenceDangling,
  foreignKeyViolated,
  queryFailed,
  querySlow,
];
